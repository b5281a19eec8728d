import { selects } from "../../../policies/isolation/requirements";
import type { Direction, NetworkPolicy, Peer, PodSelector, Rule } from "./policy";
import { holds } from "./ranges";
import type { Endpoint, PodKind, PortKind, Universe } from "./universe";

/** Which of the two sides. */
export type Side = 0 | 1;

/** Whether pods are meant. */
export function isSelected({ namespace, labels }: PodSelector, pod: PodKind, side: Side): boolean {
  return selects(namespace, pod.namespaceLabels[side]) && selects(labels, pod.labels[side]);
}

/** What pods talk with: everything, where no policy is about them, or ports of endpoints as {@link Reach.key} numbers them. */
export type Talk = "everything" | ReadonlySet<number>;

/** Who talks with whom on one side. */
export class Reach {
  private readonly talks = new Map<string, Talk>();
  private readonly selected = new Map<PodKind, Record<Direction, readonly number[]>>();
  private readonly endpoints = new Map<Peer, number[]>();

  constructor(
    private readonly universe: Universe,
    readonly policies: readonly NetworkPolicy[],
    readonly side: Side,
  ) {}

  /** With whom pods may talk, or who may talk to them. */
  talk(pod: PodKind, direction: Direction): Talk {
    const about = this.about(pod, direction);
    const id = `${direction} ${about.join()}`;
    const known = this.talks.get(id) ?? this.sum(about, direction);
    this.talks.set(id, known);
    return known;
  }

  /** Which policies decide with whom pods talk, in words. */
  policiesText(pod: PodKind): string {
    const texts = (["ingress", "egress"] as const).map((direction) => {
      const names = this.about(pod, direction).map((index) => this.policies[index]?.name ?? "");
      return `${direction} as ${names.join(", ")}`.replace(/ as $/, " open to everyone");
    });
    return texts.join("; ");
  }

  /** Number of a port of an endpoint. */
  key(endpoint: number, port: number): number {
    return endpoint * this.universe.ports.length + port;
  }

  /** Numbers of the endpoints that a peer is. */
  endpointsOf(peer: Peer): number[] {
    const known = this.endpoints.get(peer) ?? indexesOf(this.universe.endpoints, (one) => isOne(peer, one, this.side));
    this.endpoints.set(peer, known);
    return known;
  }

  /** Numbers of the ports that a rule opens. */
  portsOf({ ports }: Rule): number[] {
    return indexesOf(this.universe.ports, (kind) => ports === undefined || ports.some((port) => isOpen(port, kind)));
  }

  /** Indexes of the policies that are about pods. */
  private about(pod: PodKind, direction: Direction): readonly number[] {
    const find = (of: Direction) =>
      pod.hostNetwork[this.side]
        ? []
        : indexesOf(
            this.policies,
            ({ rules, subject }) => rules[of] !== undefined && isSelected(subject, pod, this.side),
          );
    const known = this.selected.get(pod) ?? { ingress: find("ingress"), egress: find("egress") };
    this.selected.set(pod, known);
    return known[direction];
  }

  private sum(about: readonly number[], direction: Direction): Talk {
    if (about.length === 0) return "everything";
    const open = new Set<number>();
    for (const rule of about.flatMap((index) => this.policies[index]?.rules[direction] ?? [])) {
      const ports = this.portsOf(rule);
      for (const endpoint of rule.peers.flatMap((peer) => this.endpointsOf(peer))) {
        for (const port of ports) open.add(this.key(endpoint, port));
      }
    }
    return open;
  }
}

function indexesOf<T>(items: readonly T[], test: (item: T) => boolean): number[] {
  return items.flatMap((item, index) => (test(item) ? [index] : []));
}

function isOne(peer: Peer, endpoint: Endpoint, side: Side): boolean {
  if (peer.kind === "everyone") return true;
  if (peer.kind === "pods") return endpoint.kind === "pods" && isSelected(peer.pods, endpoint.pods, side);
  if (peer.kind === "other") return endpoint.kind === "other" && endpoint.text === peer.text;
  if (endpoint.kind !== "network" || endpoint.family !== peer.family) return false;
  return holds(peer.range, endpoint.range) && !peer.except.some((range) => holds(range, endpoint.range));
}

function isOpen(port: PortKind, kind: PortKind): boolean {
  if (port.protocol !== kind.protocol) return false;
  if (port.name !== undefined) return port.name === kind.name;
  if (port.range === undefined) return false;
  if (kind.range === undefined) return holds(port.range, { from: 1n, to: 65_535n });
  return holds(port.range, kind.range);
}
