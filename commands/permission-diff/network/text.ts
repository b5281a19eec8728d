import { pinnedNamespace, type Requirement } from "../../../policies/isolation/requirements";
import type { Labels } from "../../../policies/isolation/settings";
import { anyOther } from "./examples";
import { groups } from "./groups";
import type { Peer, PodSelector } from "./policy";
import type { PortKind, Universe } from "./universe";

/** Pods, in words. */
export function podsText({ namespace, labels }: PodSelector): string {
  return `${labels.length === 0 ? "all pods" : `pods ${requirementsText(labels)}`} ${namespaceText(namespace)}`;
}

export function labelsText(labels: Labels): string {
  return Object.entries(labels)
    .map(([key, value]) => (value === anyOther ? key : `${key}=${value}`))
    .join(",");
}

export function peerText(peer: Peer): string {
  if (peer.kind === "everyone") return "everyone";
  return peer.kind === "pods" ? podsText(peer.pods) : peer.text;
}

export function namespaceText(namespace: readonly Requirement[]): string {
  const name = pinnedNamespace(namespace);
  if (name !== undefined) return `in ${name}`;
  return namespace.length === 0 ? "in every namespace" : `in namespaces ${requirementsText(namespace)}`;
}

function requirementsText(requirements: readonly Requirement[]): string {
  return requirements
    .map(({ key, operator, values }) => {
      const list = values.join("|");
      if (operator === "In") return `${key}=${list}`;
      if (operator === "NotIn") return `${key}!=${list}`;
      return operator === "Exists" ? key : `!${key}`;
    })
    .join(",");
}

/** Ports of a universe, in words. */
export function portsText({ ports }: Universe, indexes: readonly number[]): string {
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
