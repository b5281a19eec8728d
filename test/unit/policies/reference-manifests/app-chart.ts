import { object, type ReferenceManifest } from "./manifest";

/**
 * What charts for apps and cron jobs make of `infra.nats.enabled`: volume, mount, variables and Cilium's egress rule. Their authors want the token to be
 * for audience nats, mounted read-only, good for an hour unless said otherwise, and one address in variable and rule. Of the API's own token they
 * say nothing, so that it is in every pod.
 */

interface Values {
  readonly serviceAddress?: string;
  readonly port?: number;
  readonly tokenPath?: string;
  readonly tokenExpirationSeconds?: number;
}

const metadata = { name: "app", namespace: "shop", labels: { app: "app" } };

function pod(values: Values) {
  const { serviceAddress = "nats.messaging.svc.cluster.local", port = 4222 } = values;
  const { tokenPath = "/var/run/secrets/nats", tokenExpirationSeconds = 3600 } = values;
  const serviceAccountToken = { audience: "nats", expirationSeconds: tokenExpirationSeconds, path: "token" };
  return {
    securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
    containers: [
      {
        name: "app",
        image: "registry.example.com/app:1.0.0",
        securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
        env: [
          { name: "NATS_URL", value: `nats://${serviceAddress}:${port}` },
          { name: "NATS_TOKEN_FILE", value: `${tokenPath}/token` },
        ],
        volumeMounts: [{ mountPath: tokenPath, name: "nats-token", readOnly: true }],
      },
    ],
    volumes: [{ name: "nats-token", projected: { sources: [{ serviceAccountToken }] } }],
  };
}

const template = (values: Values) => ({ metadata: { labels: metadata.labels }, spec: pod(values) });

function deployment(values: Values) {
  return object("apps/v1", "Deployment", metadata, {
    spec: { selector: { matchLabels: metadata.labels }, template: template(values) },
  });
}

function egress({ serviceAddress = "nats.messaging.svc.cluster.local", port = 4222 }: Values) {
  const toPorts = [{ ports: [{ port: String(port), protocol: "TCP" }] }];
  return object("cilium.io/v2", "CiliumNetworkPolicy", metadata, {
    spec: {
      endpointSelector: { matchLabels: metadata.labels },
      egress: [{ toFQDNs: [{ matchName: serviceAddress }], toPorts }],
    },
  });
}

const elsewhere = { serviceAddress: "nats.custom.svc.cluster.local", port: 4223 };
const automount = { "token-automount": /automountServiceAccountToken is missing; must be false/ };

export const manifests: readonly ReferenceManifest[] = [
  { what: "an app with the chart's own values", resources: [deployment({}), egress({})], says: automount },
  {
    what: "an app with another address, path and expiry",
    resources: [
      deployment({ ...elsewhere, tokenPath: "/custom/path/nats", tokenExpirationSeconds: 7200 }),
      egress(elsewhere),
    ],
    says: automount,
  },
  {
    what: "an app whose rule is for the address that the chart has by itself",
    resources: [deployment(elsewhere), egress({})],
    says: {
      ...automount,
      "token-egress": /no egress rule of the pods is for nats\.custom\.svc\.cluster\.local, port 4223/,
    },
  },
  {
    what: "a cron job",
    resources: [
      object("batch/v1", "CronJob", metadata, {
        spec: {
          schedule: "0 * * * *",
          jobTemplate: { spec: { template: { ...template({}), spec: { ...pod({}), restartPolicy: "Never" } } } },
        },
      }),
      egress({}),
    ],
    says: automount,
  },
  {
    what: "an app with a service account that switches the API's token off",
    resources: [
      object("v1", "ServiceAccount", { name: "default", namespace: "shop" }, { automountServiceAccountToken: false }),
      deployment({}),
      egress({}),
    ],
    says: {},
  },
];
