import type { Change } from "../change";
import { groups } from "./groups";
import { list, named } from "./names";
import type { Direction, NetworkPolicy, Peer, Rule } from "./policy";
import { isSelected, type Reach } from "./reach";
import { peerText, portsText } from "./text";
import type { Endpoint, PodKind, Universe } from "./universe";

const directions: readonly Direction[] = ["ingress", "egress"];

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

function opening(context: Context, rule: Rule, peer: Peer): Change[] {
  const { universe, now, subjects, policy, direction } = context;
  const [endpoints, ports] = [now.endpointsOf(peer), now.portsOf(rule)];
  const opened = subjects.map((subject) => ({ subject, ...openedFor(context, subject, endpoints, ports) }));
  const alike = groups(
    opened.filter((one) => one.endpoints.size > 0),
    (one) => JSON.stringify([[...one.endpoints], one.before, one.after]),
  );
  return alike.flatMap(([, group]): Change[] => {
    const [first] = group;
    if (first === undefined) return [];
    const whom = new Set([...first.endpoints].flatMap((index) => universe.endpoints[index] ?? []));
    const other = peer.kind === "pods" ? named(peer.pods, podsAmong(whom), now) : peerText(peer);
    return [
      {
        effect: "widens",
        stack: policy.stack,
        who: named(policy.subject, new Set(group.map(({ subject }) => subject)), now),
        what: `${direction} ${direction === "ingress" ? "from" : "to"} ${other} (${policy.name})`,
        before: portsText(universe, first.before),
        after: portsText(universe, first.after),
      },
    ];
  });
}

/** Which of the endpoints these pods could not talk with at one of the ports; and the ports, of all of them, that were open and that are. */
function openedFor({ universe, then, direction }: Context, subject: PodKind, endpoints: number[], ports: number[]) {
  const talk = then.talk(subject, direction);
  const all = [...universe.ports.keys()];
  const opened = new Set<number>();
  const some = endpoints.filter((endpoint) => {
    const fresh = talk === "everything" ? [] : ports.filter((port) => !talk.has(then.key(endpoint, port)));
    for (const port of fresh) opened.add(port);
    return fresh.length > 0;
  });
  const before = all.filter((port) => {
    return talk !== "everything" && some.every((endpoint) => talk.has(then.key(endpoint, port)));
  });
  const after = all.filter((port) => opened.has(port) || before.includes(port));
  return { endpoints: new Set(some), before, after };
}

function podsAmong(endpoints: ReadonlySet<Endpoint>): Set<PodKind> {
  return new Set([...endpoints].flatMap((endpoint) => (endpoint.kind === "pods" ? [endpoint.pods] : [])));
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
