import {
  CoreV1Api,
  type KubeConfig,
  NetworkingV1Api,
  type V1Namespace,
  type V1NetworkPolicy,
  type V1ObjectMeta,
  type V1Pod,
  type V1Service,
  VersionApi,
} from "@kubernetes/client-node";
import {
  accountIdAnnotation,
  egressAnnotation,
  instanceAppLabel,
  labelSelector,
  monitoringNamespaceLabel,
  roleLabel,
  serverLabels,
  tenantIdLabel,
  tenantLabel,
  userLabel,
} from "../../components/labels";
import { names } from "../../components/platform/ports";
import { instanceName } from "../../components/tenant/names";
import type { Tls } from "../../services/isolation-probe/contract";
import type { Expected } from "../../services/verify/contract";
import type { Tenancy } from "../../stacks/environment";
import { apiErrorMessage } from "../api-error";
import { listMetadata } from "../kubernetes";
import { UnreachableError } from "../verify";
import type { Environment, Target, TenantCreds, TenantFacts } from "./environment";

/** What an environment's stack says of it, as far as the proof needs it. */
export interface Outputs {
  readonly tenancy: Pick<
    Tenancy,
    "tenantsNamespace" | "monitoringNamespace" | "platformNamespace" | "accountsNamespace" | "metrics" | "images"
  >;
  readonly platform: Pick<Expected, "leafnodes" | "tls">;
}

/** The objects that tell what tenants there are. Of Secrets only what they are called and labelled, never what is in them. */
export interface Found {
  readonly servers: readonly V1Pod[];
  readonly platformService: V1Service;
  readonly instanceServices: readonly V1Service[];
  readonly instancePods: readonly V1Pod[];
  readonly policies: readonly V1NetworkPolicy[];
  readonly accountSecrets: readonly V1ObjectMeta[];
  readonly credsSecrets: readonly V1ObjectMeta[];
  /** Undefined where it does not exist. */
  readonly monitoringNamespace?: V1Namespace;
  /** PEM text of the authority of the platform's certificate. */
  readonly ca?: string;
}

const timeoutMs = 15_000;

/**
 * Looks which tenants the environment has, and where they are.
 * @throws UnreachableError with the API server's reason, or when it does not answer within 15 s
 */
export async function discover(
  config: KubeConfig,
  outputs: Outputs,
): Promise<{ readonly environment: Environment; readonly kubernetes: string }> {
  let timer: NodeJS.Timeout | undefined;
  const expired = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${timeoutMs / 1000} s`)), timeoutMs);
  });
  try {
    const [found, { gitVersion }] = await Promise.race([
      Promise.all([find(config, outputs), config.makeApiClient(VersionApi).getCode()]),
      expired,
    ]);
    return { environment: environmentOf(found, outputs), kubernetes: gitVersion };
  } catch (error) {
    const server = config.getCurrentCluster()?.server;
    throw new UnreachableError(`cannot ask the cluster at ${server}: ${apiErrorMessage(error)}`, { cause: error });
  } finally {
    clearTimeout(timer);
  }
}

async function find(config: KubeConfig, { tenancy, platform }: Outputs): Promise<Found> {
  const core = config.makeApiClient(CoreV1Api);
  const { platformNamespace, tenantsNamespace: namespace, accountsNamespace, monitoringNamespace } = tenancy;
  const instances = { namespace, labelSelector: `${labelSelector(instanceAppLabel)},${tenantIdLabel}` };
  const accountSecrets = { namespace: accountsNamespace, labelSelector: tenantLabel };
  const credsSecrets = { namespace, labelSelector: `${tenantLabel},${roleLabel}` };
  const [servers, platformService, services, pods, policies, accounts, creds, monitoring, ca] = await Promise.all([
    core.listNamespacedPod({ namespace: platformNamespace, labelSelector: labelSelector(serverLabels) }),
    core.readNamespacedService({ namespace: platformNamespace, name: names.service }),
    core.listNamespacedService(instances),
    core.listNamespacedPod(instances),
    config.makeApiClient(NetworkingV1Api).listNamespacedNetworkPolicy({ namespace, labelSelector: tenantLabel }),
    listMetadata((options) => core.listNamespacedSecret(accountSecrets, options)),
    listMetadata((options) => core.listNamespacedSecret(credsSecrets, options)),
    core.readNamespace({ name: monitoringNamespace }).catch(absent),
    authority(core, platformNamespace, platform.tls),
  ]);
  return {
    servers: servers.items,
    platformService,
    instanceServices: services.items,
    instancePods: pods.items,
    policies: policies.items,
    accountSecrets: accounts,
    credsSecrets: creds,
    ...(monitoring ? { monitoringNamespace: monitoring } : {}),
    ...(ca ? { ca } : {}),
  };
}

function absent(error: { code?: number }): undefined {
  if (error.code !== 404) throw error;
}

/** The authority's certificate is public; a pod in the tenants' namespace cannot mount the Secret of another. */
async function authority(core: CoreV1Api, namespace: string, tls: Expected["tls"]): Promise<string | undefined> {
  if (!tls?.caSecret) return undefined;
  const { data } = await core.readNamespacedSecret({ namespace, name: tls.caSecret });
  return Buffer.from(data?.["ca.crt"] ?? "", "base64").toString();
}

/** What the objects say of the environment. A tenant is whatever has an account's Secret or an instance. */
export function environmentOf(found: Found, { tenancy, platform }: Outputs): Environment {
  const { platformNamespace, tenantsNamespace, monitoringNamespace } = tenancy;
  const ids = new Set([
    ...found.accountSecrets.flatMap(({ labels }) => labels?.[tenantLabel] ?? []),
    ...[...found.instanceServices, ...found.instancePods].flatMap(
      ({ metadata }) => metadata?.labels?.[tenantIdLabel] ?? [],
    ),
  ]);
  const tls: Tls | undefined = platform.tls && {
    serverName: `${names.service}.${platformNamespace}.svc.cluster.local`,
    ...(found.ca ? { ca: found.ca } : {}),
  };
  return {
    namespaces: { platform: platformNamespace, tenants: tenantsNamespace, monitoring: monitoringNamespace },
    ...(found.monitoringNamespace ? { monitoring: { labelled: isMonitoring(found.monitoringNamespace) } } : {}),
    platform: {
      target: target(names.service, platformNamespace, found.platformService, found.servers),
      leafnodes: platform.leafnodes,
      ...(tls ? { tls } : {}),
    },
    metrics: tenancy.metrics,
    tenants: [...ids].sort().map((id) => tenantOf(id, found, tenantsNamespace)),
  };
}

function isMonitoring({ metadata }: V1Namespace): boolean {
  return Object.entries(monitoringNamespaceLabel).every(([key, value]) => metadata?.labels?.[key] === value);
}

function tenantOf(id: string, found: Found, namespace: string): TenantFacts {
  const account = found.accountSecrets.find(({ labels }) => labels?.[tenantLabel] === id)?.annotations;
  const policy = found.policies.find(
    ({ metadata }) => metadata?.labels?.[tenantLabel] === id && metadata.annotations?.[egressAnnotation] !== undefined,
  );
  const creds = strongest(found.credsSecrets.filter(({ labels }) => labels?.[tenantLabel] === id));
  const accountId = account?.[accountIdAnnotation];
  return {
    id,
    ...(accountId ? { account: accountId } : {}),
    egress: policy?.metadata?.annotations?.[egressAnnotation] === "open" ? "open" : "restricted",
    ...(creds ? { creds } : {}),
    instances: instancesOf(id, found, namespace),
  };
}

/** Roles that prove something, the one that may most first. An observer may do so little that nothing it tries would get through anyway. */
const provingRoles = ["admin", "worker"];

function strongest(secrets: readonly V1ObjectMeta[]): TenantCreds | undefined {
  const known = secrets.flatMap(({ name: secret, labels }): TenantCreds[] => {
    const [user, role] = [labels?.[userLabel], labels?.[roleLabel]];
    return secret && user && role && provingRoles.includes(role) ? [{ secret, user, role }] : [];
  });
  return known.sort(
    (a, b) => provingRoles.indexOf(a.role) - provingRoles.indexOf(b.role) || (a.user < b.user ? -1 : 1),
  )[0];
}

function instancesOf(id: string, { instanceServices, instancePods }: Found, namespace: string): Target[] {
  const ofTenant = ({ metadata }: V1Service | V1Pod) => metadata?.labels?.[tenantIdLabel] === id;
  const number = ({ metadata }: V1Service | V1Pod) => Number(metadata?.labels?.["instance-num"]);
  const [services, pods] = [instanceServices.filter(ofTenant), instancePods.filter(ofTenant)];
  const numbers = [...new Set([...services, ...pods].map(number))].sort((a, b) => a - b);
  return numbers.map((instance) => {
    const service = services.find((service) => number(service) === instance);
    const behind = pods.filter((pod) => number(pod) === instance);
    return target(service?.metadata?.name ?? instanceName(id, instance), namespace, service, behind);
  });
}

function target(name: string, namespace: string, service: V1Service | undefined, pods: readonly V1Pod[]): Target {
  const ip = service?.spec?.clusterIP;
  return {
    name,
    host: ip && ip !== "None" ? ip : `${name}.${namespace}.svc.cluster.local`,
    pods: pods.flatMap(({ metadata, status }) => {
      const running = status?.phase === "Running" && metadata?.deletionTimestamp === undefined;
      return running && status.podIP ? [{ name: metadata?.name ?? "", ip: status.podIP }] : [];
    }),
  };
}
