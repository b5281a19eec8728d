import { isNetworkPolicy, networkPolicyKinds } from "../../../policies/isolation/ingress/statements";
import type { Labels } from "../../../policies/isolation/settings";
import { type KubernetesObject, nameOf, namespaceOf, objectsOf } from "../../../policies/kernel/object";
import { podTemplate } from "../../../policies/kernel/pods";
import type { StackFacts } from "../program/facts";
import { leastExamples } from "./examples";
import { type NetworkPolicy, selectorsOf } from "./policy";
import { readCiliumPolicy } from "./read-cilium";
import { readNetworkPolicy } from "./read-policy";

/** What makes pods. */
export interface Workload {
  readonly stack: string;
  /** The same on both sides for the same one, also where its name in Kubernetes is made of what it is to do. */
  readonly id: string;
  /** Such as `Deployment nats/account-sync`. */
  readonly text: string;
  readonly namespace: string;
  /** Of its pods. */
  readonly labels: Labels;
  /** Policies do not hold for pods in the network of their node. */
  readonly hostNetwork: boolean;
}

/** What the network of one side's cluster follows from. */
export interface Cluster {
  readonly policies: readonly NetworkPolicy[];
  /** Labels of the namespaces that stacks make, by name. */
  readonly namespaces: ReadonlyMap<string, Labels>;
  readonly workloads: readonly Workload[];
  /** Policies that are not read, in one line each: by what they are called, what they say. */
  readonly unread: ReadonlyMap<string, string>;
}

/** The cluster of an environment, as its stacks make it. */
export function clusterOf(stacks: readonly StackFacts[]): Cluster {
  const policies: NetworkPolicy[] = [];
  const namespaces = new Map<string, Labels>();
  const workloads: Workload[] = [];
  const unread = new Map<string, string>();
  for (const [stack, object] of objectsIn(stacks)) {
    const { kind, root } = object;
    if (kind === "Namespace") {
      const labels = root.at("metadata", "labels").texts();
      namespaces.set(nameOf(object), { ...namespaces.get(nameOf(object)), ...labels });
    }
    const template = podTemplate(object);
    if (template) {
      const labels = template.at("metadata", "labels").texts();
      const hostNetwork = template.at("spec", "hostNetwork").flag() === true;
      const id = [stack, kind, namespaceOf(object), object.resource.name].join(" ");
      workloads.push({
        stack,
        id,
        text: `${kind} ${nameOf(object)}`,
        namespace: namespaceOf(object),
        labels,
        hostNetwork,
      });
    }
    if (!networkPolicyKinds.includes(kind)) continue;
    try {
      const found = read(object, stack);
      // More choices than can be looked at are found out here, where it is known whose they are.
      for (const { pods } of found.flatMap(selectorsOf)) [pods.namespace, pods.labels].forEach(leastExamples);
      policies.push(...found);
    } catch (error) {
      unread.set(`${kind} ${nameOf(object)}: ${(error as Error).message}`, JSON.stringify(root.value));
    }
  }
  return { policies, namespaces, workloads: toldApart(workloads), unread };
}

/** Resources of one name below different parents are told apart by what they are called in Kubernetes. */
function toldApart(workloads: readonly Workload[]): Workload[] {
  const isTwice = ({ id }: Workload) => workloads.filter((other) => other.id === id).length > 1;
  return workloads.map((one) => (isTwice(one) ? { ...one, id: `${one.id} ${one.text}` } : one));
}

function read(object: KubernetesObject, stack: string): NetworkPolicy[] {
  if (object.isPatch) throw new Error("changes an object of somebody else");
  if (isNetworkPolicy(object)) return [readNetworkPolicy(object, stack)];
  if (object.apiVersion.startsWith("cilium.io/")) return readCiliumPolicy(object, stack);
  throw new Error(`policies of ${object.apiVersion} are not read`);
}

function* objectsIn(stacks: readonly StackFacts[]): Generator<[string, KubernetesObject]> {
  for (const { name: stack, resources } of stacks) {
    for (const { type, name, inputs } of resources) {
      for (const object of objectsOf({ urn: "", type, name, props: inputs, isProtected: false })) yield [stack, object];
    }
  }
}
