/** TCP ports of a platform server, as in the NATS documentation. */
export const ports = {
  client: 4222,
  cluster: 6222,
  leafnode: 7422,
  metrics: 7777,
  monitoring: 8222,
} as const;

/** Kubernetes names that follow from the chart's release name. */
export const names = {
  release: "nats",
  service: "nats",
  headlessService: "nats-headless",
  statefulSet: "nats",
  authSecret: "nats-auth",
} as const;
