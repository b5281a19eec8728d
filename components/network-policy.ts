/** Parts of NetworkPolicies that several folders share. */

/** One NetworkPolicy of a namespace: its name, annotations and `spec`. */
export interface NamedPolicy {
  readonly name: string;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly spec: {
    readonly podSelector: {
      readonly matchLabels?: Readonly<Record<string, string>>;
      readonly matchExpressions?: { readonly key: string; readonly operator: string; readonly values?: string[] }[];
    };
    readonly policyTypes: ("Ingress" | "Egress")[];
    readonly ingress?: object[];
    readonly egress?: object[];
  };
}

/** Everything is denied, both ways, to every pod of the namespace that no other policy allows something. */
export const defaultDeny: NamedPolicy = {
  name: "default-deny",
  spec: { podSelector: {}, policyTypes: ["Ingress", "Egress"] },
};

/** TCP ports of a rule. */
export const tcp = (...numbers: number[]) => numbers.map((port) => ({ protocol: "TCP", port }));

/** The namespace of that name. Kubernetes itself keeps the label, so nobody can give it to another. */
export const namespaceNamed = (name: string) => ({
  namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": name } },
});

/** Egress to the cluster's DNS. */
export const dns = {
  to: [namespaceNamed("kube-system")],
  ports: [
    { protocol: "UDP", port: 53 },
    { protocol: "TCP", port: 53 },
  ],
};
