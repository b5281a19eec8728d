import type { Resource } from "./pack";

/** A wired Deployment and its ServiceAccount, as a compliant program makes them. */
export function wiredDeployment(): Resource[] {
  const labels = { app: "web", "nats-platform/client": "true" };
  return [
    {
      type: "kubernetes:core/v1:ServiceAccount",
      name: "account",
      props: {
        apiVersion: "v1",
        kind: "ServiceAccount",
        metadata: { name: "web", namespace: "shop" },
        automountServiceAccountToken: false,
      },
    },
    {
      type: "kubernetes:apps/v1:Deployment",
      name: "web",
      props: {
        apiVersion: "apps/v1",
        kind: "Deployment",
        metadata: { name: "web", namespace: "shop" },
        spec: {
          selector: { matchLabels: { app: "web" } },
          template: { metadata: { labels }, spec: wiredPod() },
        },
      },
    },
  ];
}

/** Spec of a pod that is a NATS client. */
export function wiredPod() {
  return {
    serviceAccountName: "web",
    securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
    containers: [
      {
        name: "web",
        image: "registry.example.com/web@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
        securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
        env: [
          { name: "NATS_URL", value: "nats://nats.nats.svc.cluster.local:4222" },
          { name: "NATS_TOKEN_FILE", value: "/var/run/secrets/nats/token" },
        ],
        volumeMounts: [{ name: "nats-token", mountPath: "/var/run/secrets/nats", readOnly: true }],
      },
    ],
    volumes: [
      {
        name: "nats-token",
        projected: {
          sources: [{ serviceAccountToken: { audience: "nats", expirationSeconds: 3600, path: "token" } }],
        },
      },
    ],
  };
}
