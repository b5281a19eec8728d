import type { Change } from "../change";
import { leastExamples } from "./examples";
import type { Direction, NetworkPolicy, Peer, PodSelector, Rule } from "./policy";
import { isSelected, type Reach } from "./reach";
import { peerText, podsText } from "./text";
import type { Endpoint, PodKind, PortKind, Universe } from "./universe";

const directions: readonly Direction[] = ["ingress", "egress"];

/** Most names in one line. */
const mostNames = 3;

/**
 * What is open on side `now` and was not on side `then`: a line for each peer of a rule by which somebody talks who could not, and one for pods that
 * no policy is about any more.
 * @param isCompared whether a change for these pods is told; what only one side has is new as a whole
 */
export function openings(universe: Universe, then: Reach, now: Reach, isCompared: (pod: PodKind) => boolean): Change[] {
  const pods = universe.pods.filter(isCompared);
  const byRule = now.policies.flatMap((policy) =>
    directions.flatMap((direction) => {
      const subjects = pods.filter((pod) => {
        return (
          isSelected(policy.subject, pod, now.side) && differs(then.talk(pod, direction), now.talk(pod, direction))
        );
      });
      if (subjects.length === 0) return [];
      return (policy.rules[direction] ?? []).flatMap((rule) =>
        rule.peers.flatMap((peer) => opening({ universe, then, now, policy, direction, subjects }, rule, peer)),
      );
    }),
  );
  return [...byRule, ...directions.flatMap((direction) => unwatched(then, now, direction, pods))];
}

function differs(one: ReturnType<Reach["talk"]>, other: ReturnType<Reach["talk"]>): boolean {
  if (one === "everything" || other === "everything") return one !== other;
  return one.size !== other.size || [...other].some((key) => !one.has(key));
}

interface Context {
  readonly universe: Universe;
  readonly then: Reach;
  readonly now: Reach;
  readonly policy: NetworkPolicy;
  readonly direction: Direction;
  readonly subjects: readonly PodKind[];
}

function opening({ universe, then, now, policy, direction, subjects }: Context, rule: Rule, peer: Peer): Change[] {
  const [endpoints, ports] = [now.endpointsOf(peer), now.portsOf(rule)];
  const opened = new Set<number>();
  const [who, whom] = [new Set<PodKind>(), new Set<Endpoint>()];
  let before: readonly number[] | undefined;
  for (const subject of subjects) {
    const talk = then.talk(subject, direction);
    if (talk === "everything") continue;
    for (const index of endpoints) {
      const fresh = ports.filter((port) => !talk.has(then.key(index, port)));
      const endpoint = universe.endpoints[index];
      if (fresh.length === 0 || endpoint === undefined) continue;
      for (const port of fresh) opened.add(port);
      who.add(subject);
      whom.add(endpoint);
      const open = [...universe.ports.keys()].filter((port) => talk.has(then.key(index, port)));
      before = before === undefined ? open : before.filter((port) => open.includes(port));
    }
  }
  if (opened.size === 0) return [];
  const was = before ?? [];
  const after = [...universe.ports.keys()].filter((port) => opened.has(port) || was.includes(port));
  const subject = named(policy.subject, who, now);
  const other = peer.kind === "pods" ? named(peer.pods, podsAmong(whom), now) : peerText(peer);
  return [
    {
      effect: "widens",
      stack: policy.stack,
      who: subject,
      what: `${direction} ${direction === "ingress" ? "from" : "to"} ${other} (${policy.name})`,
      before: portsText(universe, was),
      after: portsText(universe, after),
    },
  ];
}

function podsAmong(endpoints: ReadonlySet<Endpoint>): Set<PodKind> {
  return new Set([...endpoints].flatMap((endpoint) => (endpoint.kind === "pods" ? [endpoint.pods] : [])));
}

/** The selector, if whatever it selects is meant; else the pods one by one. */
function named(selector: PodSelector, pods: ReadonlySet<PodKind>, { side }: Reach): string {
  const least = leastExamples(selector.labels).map((labels) => JSON.stringify(labels));
  const some = [...pods].filter(({ workload, labels }) => !workload && least.includes(JSON.stringify(labels[side])));
  const workloads = [...pods].filter(({ workload }) => workload).map(({ text }) => text);
  if (some.length === 0) return list(workloads.length > 0 ? workloads : [...pods].map(({ text }) => text));
  return workloads.length === 0 ? podsText(selector) : `${podsText(selector)}: ${list(workloads)}`;
}

function list(names: readonly string[]): string {
  const rest = names.length - mostNames;
  return rest > 0 ? `${names.slice(0, mostNames).join(", ")} and ${rest} more` : names.join(", ");
}

/** Pods that a policy was about, and none is any more. */
function unwatched(then: Reach, now: Reach, direction: Direction, pods: readonly PodKind[]): Change[] {
  const free = pods.filter(
    (pod) => now.talk(pod, direction) === "everything" && then.talk(pod, direction) !== "everything",
  );
  return groups(free, ({ namespace }) => namespace).map(([, group]): Change => {
    const workloads = group.filter(({ workload }) => workload);
    const policies = then.policies.filter(({ subject, rules }) => {
      return rules[direction] && group.some((pod) => isSelected(subject, pod, then.side));
    });
    const names = [...new Set(policies.map(({ name }) => name))];
    return {
      effect: "widens",
      stack: policies[0]?.stack ?? "",
      who: list([...workloads, ...group.filter(({ workload }) => !workload)].map(({ text }) => text)),
      what: `${direction} ${direction === "ingress" ? "from" : "to"} everyone, because no policy selects these pods`,
      before: `what ${list(names)} let through`,
      after: "all ports",
    };
  });
}

function portsText({ ports }: Universe, indexes: readonly number[]): string {
  if (indexes.length === 0) return "closed";
  if (indexes.length === ports.length) return "all ports";
  const chosen = indexes.flatMap((index) => ports[index] ?? []);
  const texts = groups(chosen, ({ protocol }) => protocol).map(([protocol, kinds]) => {
    const all = ports.filter((port) => port.protocol === protocol);
    return kinds.length === all.length ? `all ${protocol}` : `${protocol} ${joined(kinds).join(", ")}`;
  });
  return texts.join("; ");
}

/** Ranges that follow each other are one. */
function joined(kinds: readonly PortKind[]): string[] {
  const ranges: { from: bigint; to: bigint }[] = [];
  for (const { range } of kinds) {
    const last = ranges.at(-1);
    if (range && last && last.to + 1n === range.from) last.to = range.to;
    else if (range) ranges.push({ ...range });
  }
  const names = kinds.flatMap(({ name }) => name ?? []);
  return [...ranges.map(({ from, to }) => (from === to ? `${from}` : `${from}-${to}`)), ...names];
}

function groups<T>(items: readonly T[], keyOf: (item: T) => string): [string, T[]][] {
  const keys = [...new Set(items.map(keyOf))];
  return keys.map((key) => [key, items.filter((item) => keyOf(item) === key)]);
}
