/**
 * Configurations of the platform, beside those of Pulumi.*.yaml, that the e2e tests deploy or preview: what each changes in Pulumi.dev.yaml.
 * Their charts are recorded with the others by `make chart-record`.
 */
export const variants: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  /** Another memory limit: rolls the servers one by one. */
  "more-memory": { resources: { requests: { cpu: "250m", memory: "512Mi" }, limits: { cpu: "2", memory: "1280Mi" } } },
  /** TLS on every port. */
  tls: {
    tlsClientSecret: "nats-tls",
    tlsClusterSecret: "nats-tls",
    tlsLeafnodesSecret: "nats-tls",
    tlsCaSecret: "nats-tls",
  },
  /** As little as can be had: no JetStream, no leaf nodes, no metrics; and nats-box. */
  core: { jetstream: false, buckets: [], leafnodes: false, metrics: false, natsBox: true },
  /** Nothing has its default name. */
  "other-names": { namespace: "messaging", tenantsNamespace: "customers", monitoringNamespace: "metrics" },
};
