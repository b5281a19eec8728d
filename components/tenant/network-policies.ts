import { egressAnnotation, instanceAppLabel, serverLabels, tenantIdLabel, tenantLabel } from "../labels";
import { dns, type NamedPolicy, namespaceNamed, tcp } from "../network-policy";
import { ports } from "../platform/ports";

/** What the policies of a tenant depend on. */
export interface TenantPolicyArgs {
  /** Id of the tenant. */
  readonly tenant: string;
  readonly platformNamespace: string;
  /** Namespace whose pods may read the instances' monitoring port. */
  readonly monitoringNamespace: string;
  /** `open`: the tenant's pods may connect to anything. `restricted`: only to what they need. */
  readonly egress: "restricted" | "open";
  /**
   * Whether pods with the tenant's label in other namespaces reach its instances too. A namespace takes part by label
   * `nats-platform/tenant: <id>`, which only somebody who may edit namespaces can give it; the pods' own label alone opens nothing.
   */
  readonly workerNamespaces: boolean;
}

/** Name of the policy around a tenant's instances. */
export function isolationPolicyName(tenant: string): string {
  return `tenant-nats-isolation-${tenant}`;
}

/** Name of the policy of a tenant's workers. */
export function workersPolicyName(tenant: string): string {
  return `tenant-nats-workers-${tenant}`;
}

/**
 * NetworkPolicies of one tenant, on top of the namespace's default-deny.
 *
 * Around its instances: 4222 from the tenant's pods, 8222 from monitoring, DNS out.
 * For its workers, the tenant's other pods in the namespace: its instances, the platform's client port, DNS.
 * A pod that forges another tenant's label is let through here; that tenant's creds it has not.
 */
export function tenantPolicies(args: TenantPolicyArgs): NamedPolicy[] {
  const own = { [tenantIdLabel]: args.tenant };
  const instances = { matchLabels: { ...instanceAppLabel, ...own } };
  const open = args.egress === "open" ? [{}] : [];
  return [
    {
      name: isolationPolicyName(args.tenant),
      spec: {
        podSelector: instances,
        policyTypes: ["Ingress", "Egress"],
        ingress: [
          { from: workers(args), ports: tcp(ports.client) },
          { from: [namespaceNamed(args.monitoringNamespace)], ports: tcp(ports.monitoring) },
        ],
        egress: [dns, ...open],
      },
    },
    {
      name: workersPolicyName(args.tenant),
      annotations: { [egressAnnotation]: args.egress },
      spec: {
        podSelector: {
          matchLabels: own,
          matchExpressions: [{ key: "app", operator: "NotIn", values: [instanceAppLabel.app] }],
        },
        policyTypes: ["Egress"],
        egress: [
          { to: [{ podSelector: instances }], ports: tcp(ports.client) },
          {
            to: [{ ...namespaceNamed(args.platformNamespace), podSelector: { matchLabels: serverLabels } }],
            ports: tcp(ports.client),
          },
          dns,
          ...open,
        ],
      },
    },
  ];
}

function workers({ tenant, workerNamespaces }: TenantPolicyArgs) {
  const podSelector = { matchLabels: { [tenantIdLabel]: tenant } };
  const elsewhere = { namespaceSelector: { matchLabels: { [tenantLabel]: tenant } }, podSelector };
  return workerNamespaces ? [{ podSelector }, elsewhere] : [{ podSelector }];
}
