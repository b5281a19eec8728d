import { NetworkingV1Api, type V1NetworkPolicy } from "@kubernetes/client-node";
import type { Stack } from "@pulumi/pulumi/automation";
import { kubeConfig } from "../../commands/kubernetes";
import { openStack } from "../../commands/workspace";
import { monitoringNamespaceLabel } from "../../components/labels";
import { tenantStackName } from "../../stacks/tenant-checks";
import { core, target } from "./support/platform";

/** Namespace of all tenants. */
const tenantsNamespace = "vrsky-tenants";

/** The environment's monitoring namespace, which is nothing of its stack's. */
const monitoringNamespace = "vrsky-monitoring";

const tenants = ["acme", "globex", "initech"];

/** Brings up three tenants side by side, an instance and users of two roles each, as small as they can be; and the monitoring namespace. */
export async function upTenants(): Promise<void> {
  await core().createNamespace({ body: { metadata: { name: monitoringNamespace, labels: monitoringNamespaceLabel } } });
  const stacks = await Promise.all(tenants.map(openTenant));
  await Promise.all(stacks.map((stack) => stack.up()));
}

/** Takes away what {@link upTenants} has made. */
export async function downTenants(): Promise<void> {
  const stacks = await Promise.all(tenants.map(openTenant));
  await Promise.all(stacks.map((stack) => stack.destroy({ remove: true })));
  await core().deleteNamespace({ name: monitoringNamespace });
}

function openTenant(id: string): Promise<Stack> {
  const tenant = {
    id,
    environment: target.stack,
    instances: 1,
    resources: { requests: { cpu: "50m", memory: "64Mi" }, limits: { cpu: "500m", memory: "128Mi" } },
    users: [
      { name: "worker", role: "worker" },
      { name: "admin", role: "admin" },
    ],
  };
  return openStack({ ...target, stack: tenantStackName(target.stack, id) }, { tenant });
}

/**
 * Takes a NetworkPolicy of the tenants' namespace away, or puts a changed one in its place, while something is done.
 * @param change the policy to have instead; undefined for none
 */
export async function withPolicy<T>(
  name: string,
  change: (policy: V1NetworkPolicy) => V1NetworkPolicy | undefined,
  use: () => Promise<T>,
): Promise<T> {
  const networking = kubeConfig(target).makeApiClient(NetworkingV1Api);
  const namespace = tenantsNamespace;
  const original = await networking.readNamespacedNetworkPolicy({ namespace, name });
  const set = async (policy: V1NetworkPolicy | undefined) => {
    await networking.deleteNamespacedNetworkPolicy({ namespace, name }).catch(() => {});
    if (!policy) return;
    const { labels, annotations } = original.metadata ?? {};
    const body = { metadata: { name, labels, annotations }, spec: policy.spec };
    await networking.createNamespacedNetworkPolicy({ namespace, body });
  };
  await set(change(structuredClone(original)));
  try {
    return await use();
  } finally {
    await set(original);
  }
}
