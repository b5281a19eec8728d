import type { types } from "@pulumi/kubernetes";

/** Parts of a NATS client that is as it should be, but for what a scenario changes. */

type Token = types.input.core.v1.ServiceAccountTokenProjection;
type PodSpec = types.input.core.v1.PodSpec;

/** A token for NATS. */
export const soundToken: Token = { audience: "nats", expirationSeconds: 3600, path: "token" };

/** What every container has. */
export const image = "registry.example.com/web:1.0.0";
export const securityContext = { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } };

/** What a scenario changes. */
interface Changes {
  readonly token?: Token;
  /** NATS_TOKEN_FILE */
  readonly file?: string;
  readonly spec?: Partial<PodSpec>;
}

/** Spec of a pod that is a NATS client. */
export function clientPod({ token = soundToken, file = "/var/run/secrets/nats/token", spec = {} }: Changes = {}) {
  const container = {
    name: "web",
    image,
    securityContext,
    env: [
      { name: "NATS_URL", value: "nats://nats.nats.svc.cluster.local:4222" },
      { name: "NATS_TOKEN_FILE", value: file },
    ],
    volumeMounts: [{ name: "nats-token", mountPath: "/var/run/secrets/nats", readOnly: true }],
  };
  return {
    automountServiceAccountToken: false,
    securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
    containers: [container],
    volumes: [{ name: "nats-token", projected: { sources: [{ serviceAccountToken: token }] } }],
    ...spec,
  } satisfies PodSpec as PodSpec;
}

/** The template of such pods. */
export function client(changes?: Changes) {
  return { metadata: { labels: { app: "web", "nats-platform/client": "true" } }, spec: clientPod(changes) };
}

/** Where it is. */
export const metadata = { name: "web", namespace: "shop" };

/** Spec of a Deployment of it. */
export function deployment(changes?: Changes) {
  return { selector: { matchLabels: { app: "web" } }, template: client(changes) };
}
