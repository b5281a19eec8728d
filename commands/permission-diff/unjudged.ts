import { asList, asMap } from "../../policies/identity/jwt";
import { own } from "../../policies/kernel/own";
import { containerLists, templatePaths } from "../../policies/kernel/pods";
import type { RegisteredResource, StackFacts } from "./program/facts";

type Inputs = Readonly<Record<string, unknown>>;

/** What is compared by what it comes to, or gives nobody anything. Of Secrets and ConfigMaps only servers' configurations are left. */
const judged = [
  "NetworkPolicy",
  "CiliumNetworkPolicy",
  "CiliumClusterwideNetworkPolicy",
  "Role",
  "RoleBinding",
  "ClusterRole",
  "ClusterRoleBinding",
  "ServiceAccount",
  "Namespace",
  "PodDisruptionBudget",
  "ResourceQuota",
  "LimitRange",
  "PersistentVolumeClaim",
  "PodMonitor",
];

/** JWTs are compared by what they say, wherever they are; their digests say no more. */
const jwt = /eyJ[\w-]+\.[\w-]+\.[\w-]+/g;
const digest = /\b[0-9a-f]{64}\b/g;

/**
 * Objects that may let somebody do more and are not the same on both sides, of whose effect nothing is known: charts, servers' configurations, programs and
 * what they are told, what decides at admission, Services, roles that gather others, changes of objects that others make, and kinds that are not known here.
 * @param common stacks that both sides have
 * @returns a text each
 */
export function changedUnjudged(
  before: readonly StackFacts[],
  after: readonly StackFacts[],
  common: ReadonlySet<string>,
): string[] {
  const [was, is] = [before, after].map((stacks) => matters(stacks.filter(({ name }) => common.has(name))));
  const names = new Set([...(was?.keys() ?? []), ...(is?.keys() ?? [])]);
  return [...names]
    .filter((name) => was?.get(name) !== is?.get(name))
    .sort()
    .map((name) => `${name} ${state(was?.has(name), is?.has(name))}; what it comes to is not looked at`);
}

function state(was = false, is = false): string {
  if (was && is) return "is not the same on both sides";
  return is ? "is new" : "is gone";
}

function matters(stacks: readonly StackFacts[]): Map<string, string> {
  const found = new Map<string, string>();
  for (const { name: stack, resources } of stacks) {
    for (const resource of resources) {
      const matter = matterOf(resource);
      if (matter === undefined) continue;
      const id = `stack ${stack}: ${resource.type.split(":").at(-1)} ${resource.name}`;
      // Of several of one name none is to hide another.
      found.set(id, (found.get(id) ?? "") + JSON.stringify(matter).replace(jwt, "JWT").replace(digest, "digest"));
    }
  }
  return found;
}

/** What of an object decides over what somebody may do; undefined for one that is judged, or decides nothing. */
function matterOf({ type, inputs }: RegisteredResource): unknown {
  const [provider, group = "", kind = ""] = type.split(":");
  if (provider !== "kubernetes" || kind === "") return undefined;
  if (/^(helm\.sh|yaml|kustomize)\b/.test(group) || /(Patch|List)$/.test(kind)) return inputs;
  if (kind === "ClusterRole" && inputs.aggregationRule !== undefined) return inputs;
  const template = own<readonly string[]>(templatePaths, kind);
  if (template) return podMatter(template, inputs);
  switch (kind) {
    case "Secret":
    case "ConfigMap":
      return configurations(inputs);
    case "Service":
      return serviceMatter(inputs);
    default:
      return judged.includes(kind) ? undefined : inputs;
  }
}

/** Who pods are and what they are told and given. Which image it is, and how much it may take, is nobody's right. */
function podMatter(path: readonly string[], inputs: Inputs): unknown {
  const template = path.reduce<Inputs>((map, key) => asMap(map[key]), inputs);
  const spec = asMap(template.spec);
  const containers = containerLists.flatMap((list) => asList(spec[list]).map(asMap));
  return {
    account: spec.serviceAccountName,
    volumes: spec.volumes,
    hostNetwork: spec.hostNetwork,
    containers: containers.map(({ name, command, args, env, envFrom, volumeMounts, ports }) => {
      return { name, command, args, env, envFrom, volumeMounts, ports };
    }),
  };
}

/** Of NATS servers. Undefined where there is none. */
function configurations({ data, stringData }: Inputs): unknown {
  const files = [...Object.entries(asMap(data)), ...Object.entries(asMap(stringData))].filter(([name]) => {
    return name.endsWith(".conf");
  });
  if (files.length === 0) return undefined;
  const texts = files.map(([name, value]) => {
    const decoded = Buffer.from(String(value), "base64");
    const isBase64 = decoded.toString("base64") === String(value);
    return [name, isBase64 ? decoded.toString() : String(value)];
  });
  return texts;
}

/** Inside the cluster network policies decide, which are judged. */
function serviceMatter(inputs: Inputs): unknown {
  const { type, externalIPs, externalName, selector, loadBalancerSourceRanges } = asMap(inputs.spec);
  const isInside = (type ?? "ClusterIP") === "ClusterIP" && externalIPs === undefined && selector !== undefined;
  return isInside ? undefined : { type, externalIPs, externalName, selector, loadBalancerSourceRanges };
}
