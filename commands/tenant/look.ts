import {
  type ConfigurationOptions,
  CoreV1Api,
  type KubeConfig,
  NetworkingV1Api,
  type V1Namespace,
  type V1NetworkPolicy,
  type V1ObjectMeta,
  type V1Pod,
} from "@kubernetes/client-node";
import {
  accountSyncLabels,
  instanceAppLabel,
  labelSelector,
  tenantIdLabel,
  tenantLabel,
} from "../../components/labels";
import { httpPort } from "../../components/program/http-port";
import type { AccountStatus } from "../../services/account-sync/status";
import type { Tenancy } from "../../stacks/environment";
import type { TenantExpectation } from "../../stacks/tenant-outputs";
import { apiErrorMessage } from "../api-error";
import { isReady, listMetadata } from "../kubernetes";
import { getFromPod } from "../verify/pod-http";

/** The Kubernetes side of a tenant at one moment, and what account-sync says of its account. */
export interface TenantLook {
  /** Pods of its instances. */
  readonly pods: readonly V1Pod[];
  /** Its creds' Secrets, with names and labels only. */
  readonly secrets: readonly V1ObjectMeta[];
  readonly namespace: V1Namespace;
  /** All policies of the tenants' namespace. */
  readonly policies: readonly V1NetworkPolicy[];
  /** Text for people if account-sync did not answer. */
  readonly account: AccountStatus | string;
}

const askTimeoutMs = 10_000;

/**
 * Looks at a tenant once.
 * @throws Error with the API server's reason
 */
export async function lookAtTenant(
  config: KubeConfig,
  { tenant, account, namespaces }: TenantExpectation,
): Promise<TenantLook> {
  const core = config.makeApiClient(CoreV1Api);
  const namespace = namespaces.tenants;
  const own = labelSelector({ [tenantLabel]: tenant });
  const instances = labelSelector({ ...instanceAppLabel, [tenantIdLabel]: tenant });
  try {
    const [pods, secrets, object, policies, status] = await Promise.all([
      core.listNamespacedPod({ namespace, labelSelector: instances }),
      listMetadata((options) => core.listNamespacedSecret({ namespace, labelSelector: own }, options)),
      core.readNamespace({ name: namespace }),
      config.makeApiClient(NetworkingV1Api).listNamespacedNetworkPolicy({ namespace }),
      askAccountSync(config, namespaces.platform, account.name),
    ]);
    return {
      pods: pods.items.sort((a, b) => (a.metadata?.name ?? "").localeCompare(b.metadata?.name ?? "")),
      secrets,
      namespace: object,
      policies: policies.items,
      account: status,
    };
  } catch (error) {
    throw new Error(`cannot look at tenant ${tenant}: ${apiErrorMessage(error)}`, { cause: error });
  }
}

/** Kinds and names of what is left of a tenant, in the namespaces that it has objects in. */
export async function leftOf(config: KubeConfig, tenant: string, tenancy: Tenancy): Promise<string[]> {
  const { tenantsNamespace: namespace, accountsNamespace, platformNamespace } = tenancy;
  const core = config.makeApiClient(CoreV1Api);
  const own = { namespace, labelSelector: labelSelector({ [tenantLabel]: tenant }) };
  const policies = config.makeApiClient(NetworkingV1Api);
  const lists = {
    Pod: (options: ConfigurationOptions) => core.listNamespacedPod(own, options),
    Service: (options: ConfigurationOptions) => core.listNamespacedService(own, options),
    Secret: (options: ConfigurationOptions) => core.listNamespacedSecret(own, options),
    ServiceAccount: (options: ConfigurationOptions) => core.listNamespacedServiceAccount(own, options),
    NetworkPolicy: (options: ConfigurationOptions) => policies.listNamespacedNetworkPolicy(own, options),
    "Secret of account": (options: ConfigurationOptions) =>
      core.listNamespacedSecret({ ...own, namespace: accountsNamespace }, options),
    "Secret of apps": (options: ConfigurationOptions) =>
      core.listNamespacedSecret({ ...own, namespace: tenancy.calloutNamespace }, options),
    "Pod of account-sync's Job": (options: ConfigurationOptions) =>
      core.listNamespacedPod({ ...own, namespace: platformNamespace }, options),
  };
  const found = Object.entries(lists).map(async ([kind, list]) =>
    (await listMetadata(list)).map((metadata) => `${kind} ${metadata.namespace}/${metadata.name}`),
  );
  return (await Promise.all(found)).flat();
}

/** Pods that carry a tenant's label and are none of its stack's. */
export async function workersOf(config: KubeConfig, tenant: string, tenancy: Tenancy): Promise<string[]> {
  const selector = `${labelSelector({ [tenantIdLabel]: tenant })},!${tenantLabel}`;
  const core = config.makeApiClient(CoreV1Api);
  const pods = await listMetadata((options) =>
    core.listNamespacedPod({ namespace: tenancy.tenantsNamespace, labelSelector: selector }, options),
  );
  return pods.flatMap(({ name }) => name ?? []);
}

async function askAccountSync(config: KubeConfig, namespace: string, account: string): Promise<AccountStatus | string> {
  const { items } = await config
    .makeApiClient(CoreV1Api)
    .listNamespacedPod({ namespace, labelSelector: labelSelector(accountSyncLabels) });
  const pod = items.find(isReady)?.metadata?.name;
  if (!pod) return "no pod of account-sync is ready";
  try {
    const at = { namespace, name: pod, port: httpPort };
    const answer = await getFromPod(config, at, `/accounts/${account}`, AbortSignal.timeout(askTimeoutMs));
    if (answer.status === 404) return "account-sync does not know it";
    if (answer.status !== 200) return `account-sync answered ${answer.status}`;
    return JSON.parse(answer.body) as AccountStatus;
  } catch (error) {
    return `account-sync does not answer: ${apiErrorMessage(error)}`;
  }
}
