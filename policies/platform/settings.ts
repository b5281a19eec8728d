/** Settings that several policies about the platform have. */

export const production = {
  type: "boolean",
  description: "Whether the stack is of a production environment.",
  default: false,
} as const;

export const servers = {
  type: "array",
  items: { type: "string" },
  description:
    "StatefulSets of NATS servers, as namespace/name, where labels and images do not tell: what only changes, scales or feeds them.",
  default: ["nats/nats"] as string[],
} as const;

export const namespaces = {
  type: "array",
  items: { type: "string" },
  description: "Namespaces that hold NATS, whatever their labels say.",
  default: ["nats", "nats-accounts", "nats-callout", "vrsky-tenants"] as string[],
} as const;
