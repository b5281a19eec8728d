import type { AppPolicy } from "../../../components/auth-callout/names";
import type { tenantOf } from "../../../services/auth-callout/decide";
import type { readAppSigner } from "../../../services/auth-callout/kubernetes/app-signer";
import type { appPermissions } from "../../../services/auth-callout/permissions";
import type { AppFacts, RegisteredResource, StackFacts } from "./facts";

/** What of the callout's own code decides: that of the side, so that a change of it shows. */
export interface CalloutCode {
  readonly appPermissions: typeof appPermissions;
  readonly tenantOf: typeof tenantOf;
  readonly readAppSigner: typeof readAppSigner;
}

/** Metadata of an object, as far as it is asked for. */
interface Metadata {
  readonly name?: string;
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

const tenantLabel = "nats-platform/tenant";

/** What the callout of each environment would let the stacks' ServiceAccounts do; nothing where no callout runs, or for those it lets in nowhere. */
export function appsOf(stacks: readonly StackFacts[], code: CalloutCode): AppFacts[] {
  const environments = new Set(stacks.map(({ environment }) => environment));
  return [...environments].flatMap((environment) => {
    return appsOfEnvironment(
      stacks.filter((stack) => stack.environment === environment),
      code,
    );
  });
}

function appsOfEnvironment(stacks: readonly StackFacts[], code: CalloutCode): AppFacts[] {
  const all = stacks.flatMap(({ resources }) => resources);
  const mapping = mappingOf(all);
  if (mapping === undefined) return [];
  const directory = { tenantOf: (namespace: string) => labelsOfNamespace(all, namespace)?.[tenantLabel] };
  return stacks.flatMap(({ name: stack, resources }) =>
    ofKind(resources, "ServiceAccount").flatMap(({ inputs, name: resource }): AppFacts[] => {
      const { name: serviceAccount = resource, namespace = "default", annotations = {} } = metadataOf(inputs);
      const tenant = code.tenantOf({ namespace, serviceAccount }, mapping, directory);
      const found = tenant === undefined ? undefined : policyOf(stacks, tenant, code);
      if (tenant === undefined || found === undefined || found.policy.suspended) return [];
      const { policy, tenantStack } = found;
      const { publish, subscribe } = code.appPermissions({ namespace, serviceAccount, annotations }, policy);
      return [{ stack, tenant, tenantStack, namespace, serviceAccount, publish, subscribe }];
    }),
  );
}

/** What the callout's pods are told of tenants by namespace; undefined where there are no such pods. */
function mappingOf(resources: readonly RegisteredResource[]): Parameters<CalloutCode["tenantOf"]>[1] | undefined {
  for (const { inputs } of ofKind(resources, "Deployment")) {
    // biome-ignore lint/suspicious/noExplicitAny: the object is the side's, of whatever shape
    const containers = (inputs as any).spec?.template?.spec?.containers ?? [];
    for (const { env = [] } of containers) {
      const value = (name: string) => env.find((entry: { name?: string }) => entry.name === name)?.value;
      if (value("CALLOUT_NAMESPACE") !== undefined) return JSON.parse(value("MAPPING") ?? "[]");
    }
  }
  return undefined;
}

/** What a tenant's stack has given the callout. */
function policyOf(
  stacks: readonly StackFacts[],
  tenant: string,
  code: CalloutCode,
): { readonly policy: AppPolicy; readonly tenantStack: string } | undefined {
  for (const { name: tenantStack, resources } of stacks) {
    const secret = ofKind(resources, "Secret").find(({ inputs }) => {
      const { name, labels } = metadataOf(inputs);
      return name === `nats-app-signer-${tenant}` && labels?.[tenantLabel] === tenant;
    });
    if (secret) return { policy: code.readAppSigner(secret.inputs), tenantStack };
  }
  return undefined;
}

function labelsOfNamespace(resources: readonly RegisteredResource[], namespace: string) {
  const found = ofKind(resources, "Namespace").find(({ inputs }) => metadataOf(inputs).name === namespace);
  return found && metadataOf(found.inputs).labels;
}

function ofKind(resources: readonly RegisteredResource[], kind: string): RegisteredResource[] {
  return resources.filter(({ type }) => type.startsWith("kubernetes:") && type.endsWith(`:${kind}`));
}

function metadataOf(inputs: RegisteredResource["inputs"]): Metadata {
  return (inputs.metadata ?? {}) as Metadata;
}
