import { accountSyncLabels, instanceAppLabel, tenantIdLabel } from "../labels";
import { defaultDeny, type NamedPolicy, namespaceNamed, tcp } from "../network-policy";
import { ports } from "../platform/ports";
import type { ContainerResources } from "../platform/server-values";

/** What all tenants of an environment together may take. */
export interface TenantsQuota extends ContainerResources {
  /** Pods, the instances and the tenants' own. */
  readonly pods: number;
}

/** What the policies of the tenants' namespace depend on. */
export interface TenancyPolicyArgs {
  readonly platformNamespace: string;
  /** Namespace whose pods may read metrics. */
  readonly monitoringNamespace: string;
  /** Whether instances have an exporter beside them. */
  readonly metrics: boolean;
}

/** NetworkPolicies of the tenants' namespace that hold for every tenant. What a tenant's pods may do beyond them comes with the tenant. */
export function tenancyPolicies({ platformNamespace, monitoringNamespace, metrics }: TenancyPolicyArgs): NamedPolicy[] {
  const instances = {
    matchLabels: instanceAppLabel,
    matchExpressions: [{ key: tenantIdLabel, operator: "Exists" }],
  };
  const accountSync = { ...namespaceNamed(platformNamespace), podSelector: { matchLabels: accountSyncLabels } };
  const metricsPolicy: NamedPolicy = {
    name: "monitoring-to-instances",
    spec: {
      podSelector: instances,
      policyTypes: ["Ingress"],
      ingress: [{ from: [namespaceNamed(monitoringNamespace)], ports: tcp(ports.metrics) }],
    },
  };
  return [
    defaultDeny,
    {
      name: "account-sync-to-instances",
      spec: {
        podSelector: instances,
        policyTypes: ["Ingress"],
        ingress: [{ from: [accountSync], ports: tcp(ports.client) }],
      },
    },
    ...(metrics ? [metricsPolicy] : []),
  ];
}

/** `hard` of the ResourceQuota of the tenants' namespace. Nothing of a tenant is reached from outside the cluster. */
export function quotaHard({ requests, limits, pods }: TenantsQuota): Record<string, string> {
  return {
    pods: String(pods),
    "requests.cpu": requests.cpu,
    "requests.memory": requests.memory,
    "limits.cpu": limits.cpu,
    "limits.memory": limits.memory,
    "services.loadbalancers": "0",
    "services.nodeports": "0",
  };
}

/**
 * Limits of the LimitRange of the tenants' namespace: what a container gets that asks for nothing, without which the quota would refuse it.
 * @param max most that one container may take
 */
export function containerLimits(max: ContainerResources["limits"]) {
  return [
    {
      type: "Container",
      default: { cpu: "200m", memory: "128Mi" },
      defaultRequest: { cpu: "50m", memory: "64Mi" },
      max: { ...max },
    },
  ];
}
