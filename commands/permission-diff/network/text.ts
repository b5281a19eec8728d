import { pinnedNamespace, type Requirement } from "../../../policies/isolation/requirements";
import type { Labels } from "../../../policies/isolation/settings";
import { anyOther } from "./examples";
import type { Peer, PodSelector } from "./policy";

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
