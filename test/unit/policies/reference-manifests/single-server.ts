import { object, type ReferenceManifest } from "./manifest";

/**
 * One server with JetStream for a workstation, open at ports of the node, with a user and a password for each account in a ConfigMap. Its authors want
 * just that.
 */

const metadata = { name: "nats", namespace: "nats", labels: { app: "nats" } };

/** Passwords are the users' names. */
const configuration = (password: (user: string) => string) => `port: 4222
http_port: 8222
jetstream { store_dir: /data/jetstream, max_mem: 1G, max_file: 5G }
accounts {
  $SYS { users: [ { user: sys, password: ${password("sys")} } ] }
  NOETL { jetstream: enabled, users: [ { user: noetl, password: ${password("noetl")} } ] }
}
`;

const config = object(
  "v1",
  "ConfigMap",
  { name: "nats-config", namespace: "nats" },
  {
    data: { "nats.conf": configuration((user) => user) },
  },
);

const statefulSet = object("apps/v1", "StatefulSet", metadata, {
  spec: {
    serviceName: "nats",
    replicas: 1,
    selector: { matchLabels: metadata.labels },
    template: {
      metadata: { labels: metadata.labels },
      spec: {
        securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
        containers: [
          {
            name: "nats",
            image: "nats:2.14.2-alpine",
            args: ["-c", "/etc/nats/nats.conf"],
            securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
            resources: { requests: { cpu: "200m", memory: "200Mi" }, limits: { cpu: "200m", memory: "200Mi" } },
            volumeMounts: [
              { name: "data", mountPath: "/data" },
              { name: "config", mountPath: "/etc/nats" },
            ],
          },
        ],
        volumes: [{ name: "config", configMap: { name: "nats-config" } }],
      },
    },
    volumeClaimTemplates: [{ metadata: { name: "data" }, spec: { resources: { requests: { storage: "1Gi" } } } }],
  },
});

const service = object("v1", "Service", metadata, {
  spec: {
    type: "NodePort",
    selector: metadata.labels,
    ports: [
      { name: "client", port: 4222, nodePort: 30422 },
      { name: "monitor", port: 8222, nodePort: 30822 },
    ],
  },
});

export const manifests: readonly ReferenceManifest[] = [
  {
    what: "the server",
    resources: [config, statefulSet],
    says: {
      "platform-replicas": /spec\.replicas is 1; must be odd and at least 3/,
      "no-plain-credentials": /a NATS configuration with accounts\.\$sys\.users.*password written out/,
      "user-permissions": /user "noetl" may (publish|subscribe)/,
    },
  },
  {
    what: "the server, where one is declared to be enough",
    resources: [statefulSet],
    config: { "platform-replicas": { minReplicas: 1 } },
    says: {},
  },
  { what: "the platform's Service at ports of the node", resources: [service], says: {} },
];
