/** Settings that several policies about tenants have. */

export const tenantLabel = {
  type: "string",
  minLength: 1,
  description: "Label of pods, and in selectors of them, whose value is the tenant's id.",
  default: "tenant-id",
} as const;

export const tenantNamespaceLabel = {
  type: "string",
  minLength: 1,
  description: "Label of namespaces and other objects of one tenant, whose value is the tenant's id.",
  default: "nats-platform/tenant",
} as const;

export const namespaces = {
  type: "array" as const,
  items: { type: "string" as const, minLength: 1 },
  description: "Namespaces of tenants: whatever is in them is a tenant's.",
  default: ["vrsky-tenants"],
};

/** Labels, by name. */
export type Labels = Readonly<Record<string, string>>;

const labelsSchema = { type: "object" as const, additionalProperties: { type: "string" as const } };

export const instanceLabels = {
  ...labelsSchema,
  minProperties: 1,
  description: "Labels that, beside the tenant's, tell the pods of tenants' instances from their other pods.",
  default: { app: "nats" } as Labels,
};

export const serverLabels = {
  ...labelsSchema,
  minProperties: 1,
  description: "Labels of the platform's servers.",
  default: { "app.kubernetes.io/component": "nats", "app.kubernetes.io/name": "nats" } as Labels,
};

/** Who is let in beside those that are by nature, as a setting says it: pods with all of the labels, of namespaces with all of the labels. */
export interface Admitted {
  readonly namespace?: string;
  readonly namespaceLabels?: Labels;
  readonly podLabels?: Labels;
  readonly ports: readonly number[];
}

const port = { type: "integer" as const, minimum: 1, maximum: 65_535 };

export const ports = {
  type: "array" as const,
  items: port,
  description: "TCP ports of a tenant's instances that are open to its own pods.",
  default: [4222],
};

/** Schema of a list of {@link Admitted}. */
export function admittedList(description: string, list: readonly Admitted[]) {
  return {
    type: "array" as const,
    items: {
      type: "object" as const,
      properties: {
        namespace: { type: "string" as const, minLength: 1 },
        namespaceLabels: { ...labelsSchema, minProperties: 1 },
        podLabels: { ...labelsSchema, minProperties: 1 },
        ports: { type: "array" as const, items: port, minItems: 1 },
      },
      required: ["ports"],
      // Ports alone would be open to every pod of the namespace.
      minProperties: 2,
      additionalProperties: false,
    },
    description,
    default: [...list],
  };
}
