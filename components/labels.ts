/** Labels that objects of this program carry, and that its NetworkPolicies and commands select by. */

/** On every object of this program. */
export const commonLabels = {
  "app.kubernetes.io/managed-by": "pulumi",
  "app.kubernetes.io/part-of": "nats-platform",
} as const;

/** On a namespace: its pods that carry {@link clientLabel} may reach the platform's client and leaf node ports. */
export const clientNamespaceLabel = { "nats-platform/clients": "true" } as const;

/** On a pod: it is a NATS client of the platform. Counts only in a namespace with {@link clientNamespaceLabel}. */
export const clientLabel = { "nats-platform/client": "true" } as const;

/** On a namespace: its pods may read monitoring (8222) and metrics (7777). */
export const monitoringNamespaceLabel = { "nats-platform/monitoring": "true" } as const;

/** What the chart puts on the server pods of release `nats`. */
export const serverLabels = {
  "app.kubernetes.io/component": "nats",
  "app.kubernetes.io/instance": "nats",
  "app.kubernetes.io/name": "nats",
} as const;
