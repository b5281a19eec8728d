import { namespaceNameLabel, type Requirement, selects } from "../../../policies/isolation/requirements";
import type { Labels } from "../../../policies/isolation/settings";
import type { Cluster } from "./cluster";
import { anyOther, examples, leftOut } from "./examples";
import { allPorts, type NetworkPolicy, peersOf, rulesOf, type Spoken, selectorsOf } from "./policy";
import { type Family, pieces, type Range, wholeFamily } from "./ranges";
import { labelsText } from "./text";

/** Something on each side: before and after. */
export type Both<T> = readonly [T, T];

/** Pods that policies make no difference between: those of a workload, or whatever has just these labels. */
export interface PodKind {
  readonly text: string;
  readonly namespace: string;
  readonly labels: Both<Labels>;
  readonly namespaceLabels: Both<Labels>;
  /** Of its workload. */
  readonly id?: string;
  /** Which sides have the workload; undefined for pods that are thought of because a selector is about them. */
  readonly workload?: Both<boolean>;
  readonly hostNetwork: Both<boolean>;
  /** Stacks that have it, or whose policies speak of it. */
  readonly stacks: Set<string>;
}

/** One that pods talk with. */
export type Endpoint =
  | { readonly kind: "pods"; readonly pods: PodKind }
  | { readonly kind: "network"; readonly family: Family; readonly range: Range }
  | { readonly kind: "other"; readonly text: string };

/** Ports that no policy makes a difference between. */
export interface PortKind {
  readonly protocol: string;
  readonly range?: Range;
  readonly name?: string;
}

/** All that the policies of two sides may make a difference between, and nothing twice. */
export interface Universe {
  readonly pods: readonly PodKind[];
  readonly endpoints: readonly Endpoint[];
  readonly ports: readonly PortKind[];
}

export function universeOf(clusters: Both<Cluster>): Universe {
  const policies = clusters.flatMap((cluster) => cluster.policies);
  const peers = policies.flatMap(peersOf);
  const pods = podKinds(clusters, policies.flatMap(selectorsOf));
  const families = Object.keys(wholeFamily) as Family[];
  const networks = families.flatMap((family) => {
    const ranges = peers.flatMap((peer) =>
      peer.kind === "network" && peer.family === family ? [peer.range, ...peer.except] : [],
    );
    return pieces(wholeFamily[family], ranges).map((range): Endpoint => ({ kind: "network", family, range }));
  });
  const others = new Set(peers.flatMap((peer) => (peer.kind === "other" ? [peer.text] : [])));
  return {
    pods,
    endpoints: [
      ...pods.map((one): Endpoint => ({ kind: "pods", pods: one })),
      ...networks,
      ...[...others].map((text): Endpoint => ({ kind: "other", text })),
    ],
    ports: portKinds(policies),
  };
}

function portKinds(policies: readonly NetworkPolicy[]): PortKind[] {
  const written = policies.flatMap((policy) => rulesOf(policy).flatMap(({ ports }) => ports ?? []));
  const protocols = new Set(["TCP", "UDP", "SCTP", ...written.map(({ protocol }) => protocol)]);
  return [...protocols].flatMap((protocol) => {
    const own = written.filter((port) => port.protocol === protocol);
    const names = new Set(own.flatMap(({ name }) => name ?? []));
    return [
      ...pieces(
        allPorts,
        own.flatMap(({ range }) => range ?? []),
      ).map((range) => ({ protocol, range })),
      ...[...names].map((name) => ({ protocol, name })),
    ];
  });
}

function podKinds(clusters: Both<Cluster>, spoken: readonly Spoken[]): PodKind[] {
  const all = new Map<string, PodKind>();
  const add = (kind: Omit<PodKind, "stacks">, stack: string | undefined) => {
    const key = JSON.stringify([kind.id, kind.namespaceLabels, sorted(kind.labels[0]), sorted(kind.labels[1])]);
    const known = all.get(key) ?? { ...kind, stacks: new Set<string>() };
    if (stack !== undefined) known.stacks.add(stack);
    all.set(key, known);
  };
  const namespaces = namespaceKinds(clusters, spoken);
  for (const kind of workloads(clusters, namespaces)) add(kind, kind.stack);
  const besides = leftOut(spoken.map(({ pods }) => pods.labels));
  const thought = (namespace: NamespaceKind, labels: Labels) => ({
    text: `${labelsText(labels) === "" ? "other pods" : `pods ${labelsText(labels)}`} ${namespace.text}`,
    namespace: namespace.text,
    labels: [labels, labels] as const,
    namespaceLabels: namespace.labels,
    hostNetwork: [false, false] as const,
  });
  for (const { stack, pods } of spoken) {
    const where = namespaces.filter(({ labels }) => labels.some((one) => selects(pods.namespace, one)));
    for (const labels of examples(pods.labels, besides)) {
      for (const namespace of where) add(thought(namespace, labels), stack);
    }
  }
  for (const namespace of namespaces) add(thought(namespace, {}), undefined);
  return [...all.values()];
}

const sorted = (labels: Labels) => Object.entries(labels).sort(([one], [other]) => (one < other ? -1 : 1));

interface NamespaceKind {
  readonly text: string;
  readonly labels: Both<Labels>;
}

/** Those that stacks make or name, and those that selectors speak of. */
function namespaceKinds(clusters: Both<Cluster>, spoken: readonly Spoken[]): NamespaceKind[] {
  const made = new Set(
    clusters.flatMap(({ namespaces, workloads: some }) => [
      ...namespaces.keys(),
      ...some.map(({ namespace }) => namespace),
    ]),
  );
  const known = [...made].map((name): NamespaceKind => {
    const labels = clusters.map(({ namespaces }) => namespaces.get(name));
    // One that only one side makes is taken to be there on the other: who may come from there is the policies' matter.
    const [before, after] = [labels[0] ?? labels[1] ?? {}, labels[1] ?? labels[0] ?? {}];
    const named = { [namespaceNameLabel]: name };
    return {
      text: `in ${name}`,
      labels: [
        { ...before, ...named },
        { ...after, ...named },
      ],
    };
  });
  const selectors = spoken.map(({ pods }) => pods.namespace);
  const besides = leftOut(selectors);
  const thought = [[] as readonly Requirement[], ...selectors].flatMap((selector) => examples(selector, besides));
  const all = new Map<string, NamespaceKind>(known.map((one) => [one.text, one]));
  for (const labels of thought) {
    const { [namespaceNameLabel]: name = anyOther, ...others } = labels;
    const where = name === anyOther ? "in other namespaces" : `in ${name}`;
    const text = Object.keys(others).length === 0 ? where : `${where} with ${labelsText(others)}`;
    const whole = { ...others, [namespaceNameLabel]: name };
    if (!all.has(text)) all.set(text, { text, labels: [whole, whole] });
  }
  return [...all.values()];
}

function workloads(clusters: Both<Cluster>, namespaces: readonly NamespaceKind[]) {
  const ids = new Set(clusters.flatMap(({ workloads: some }) => some.map(({ id }) => id)));
  return [...ids].flatMap((id) => {
    const [before, after] = clusters.map(({ workloads: some }) => some.find((one) => one.id === id));
    const one = after ?? before;
    const namespace = namespaces.find((kind) => kind.text === `in ${one?.namespace}`);
    if (one === undefined || namespace === undefined) return [];
    const [was, is] = [before ?? one, one];
    return {
      id,
      text: one.text,
      stack: one.stack,
      namespace: namespace.text,
      labels: [was.labels, is.labels] as const,
      namespaceLabels: namespace.labels,
      workload: [before !== undefined, after !== undefined] as const,
      hostNetwork: [was.hostNetwork, is.hostNetwork] as const,
    };
  });
}
