import {
  AdmissionregistrationV1Api,
  CoreV1Api,
  DiscoveryV1Api,
  type KubeConfig,
  NetworkingV1Api,
  PolicyV1Api,
  type V1EndpointSlice,
  type V1NetworkPolicy,
  type V1Node,
  type V1Pod,
  type V1PodDisruptionBudget,
  type V1Secret,
  type V1Service,
  type V1ValidatingAdmissionPolicy,
  type V1ValidatingAdmissionPolicyBinding,
} from "@kubernetes/client-node";
import { accountLabel, labelSelector, serverLabels } from "../../components/labels";
import { accountsNamespace } from "../../components/platform/namespaces";
import { apiErrorMessage } from "../api-error";

/** The Kubernetes side of a platform at one moment. */
export interface Snapshot {
  readonly namespace: string;
  /** The servers' pods. */
  readonly pods: readonly V1Pod[];
  /** Undefined where we may not list nodes. */
  readonly nodes: readonly V1Node[] | undefined;
  readonly services: readonly V1Service[];
  readonly endpointSlices: readonly V1EndpointSlice[];
  readonly podDisruptionBudgets: readonly V1PodDisruptionBudget[];
  readonly networkPolicies: readonly V1NetworkPolicy[];
  /** Policies at admission, of the whole cluster. Undefined where we may not list them. */
  readonly admission:
    | {
        readonly policies: readonly V1ValidatingAdmissionPolicy[];
        readonly bindings: readonly V1ValidatingAdmissionPolicyBinding[];
      }
    | undefined;
  /** Secrets with account JWTs, which are public. */
  readonly accountSecrets: readonly V1Secret[];
}

/** The cluster cannot be asked: no answer, or not allowed to. */
export class UnreachableError extends Error {
  override readonly name = "UnreachableError";
}

const timeoutMs = 15_000;

/**
 * Looks at the cluster once.
 * @throws UnreachableError with the API server's reason, or when it does not answer within 15 s
 */
export async function takeSnapshot(config: KubeConfig, namespace: string): Promise<Snapshot> {
  let timer: NodeJS.Timeout | undefined;
  const expired = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${timeoutMs / 1000} s`)), timeoutMs);
  });
  try {
    return await Promise.race([look(config, namespace), expired]);
  } catch (error) {
    const server = config.getCurrentCluster()?.server;
    throw new UnreachableError(`cannot ask the cluster at ${server}: ${apiErrorMessage(error)}`, { cause: error });
  } finally {
    clearTimeout(timer);
  }
}

async function look(config: KubeConfig, namespace: string): Promise<Snapshot> {
  const core = config.makeApiClient(CoreV1Api);
  const [pods, nodes, services, endpointSlices, podDisruptionBudgets, networkPolicies, admission, accountSecrets] =
    await Promise.all([
      core.listNamespacedPod({ namespace, labelSelector: labelSelector(serverLabels) }),
      core.listNode().catch(() => undefined),
      core.listNamespacedService({ namespace }),
      config.makeApiClient(DiscoveryV1Api).listNamespacedEndpointSlice({ namespace }),
      config.makeApiClient(PolicyV1Api).listNamespacedPodDisruptionBudget({ namespace }),
      config.makeApiClient(NetworkingV1Api).listNamespacedNetworkPolicy({ namespace }),
      admissionOf(config).catch(() => undefined),
      core.listNamespacedSecret({ namespace: accountsNamespace(namespace), labelSelector: accountLabel }),
    ]);
  return {
    namespace,
    pods: pods.items,
    nodes: nodes?.items,
    services: services.items,
    endpointSlices: endpointSlices.items,
    podDisruptionBudgets: podDisruptionBudgets.items,
    networkPolicies: networkPolicies.items,
    admission,
    accountSecrets: accountSecrets.items,
  };
}

/** The policies at admission and their bindings, all of the cluster. */
export async function admissionOf(config: KubeConfig): Promise<NonNullable<Snapshot["admission"]>> {
  const api = config.makeApiClient(AdmissionregistrationV1Api);
  const [policies, bindings] = await Promise.all([
    api.listValidatingAdmissionPolicy(),
    api.listValidatingAdmissionPolicyBinding(),
  ]);
  return { policies: policies.items, bindings: bindings.items };
}

/** Account JWTs by account id, as their Secrets hold them. */
export function accountJwts(secrets: readonly V1Secret[]): Record<string, string> {
  const entries = secrets.flatMap(({ data, metadata }) => {
    const id = metadata?.annotations?.["nats-platform/account-id"];
    const jwt = data?.["account.jwt"];
    return id && jwt ? [[id, Buffer.from(jwt, "base64").toString().trim()]] : [];
  });
  return Object.fromEntries(entries);
}
