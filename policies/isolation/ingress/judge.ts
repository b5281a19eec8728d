import type { Field } from "../../kernel/field";
import type { Findings } from "../../kernel/findings";
import type { KubernetesObject } from "../../kernel/object";
import { equal, imply, namespaceNamed, pinnedNamespace } from "../requirements";
import type { Admitted } from "../settings";
import type { Dialect, Pods, PortRange, Statement } from "./statement";

/** Pods that may come in, and at which ports. */
export interface Guest extends Pods {
  readonly ports: readonly number[];
  /** For messages. */
  readonly who: string;
}

/** Those of a setting; where it names no namespace, in the namespace of the policy itself. */
export function guests(admitted: readonly Admitted[], { subject }: Statement): Guest[] {
  const own = pinnedNamespace(subject.namespace);
  return admitted.flatMap(({ namespace, namespaceLabels, podLabels, ports }) => {
    const name = namespace ?? (namespaceLabels ? undefined : own);
    const where = [...(name === undefined ? [] : namespaceNamed(name)), ...equal(namespaceLabels ?? {})];
    return where.length === 0 ? [] : guest(where, podLabels, ports);
  });
}

/** Pods with the labels in namespaces with the labels. */
export function guest(namespace: Pods["namespace"], podLabels: Admitted["podLabels"] = {}, ports: readonly number[]) {
  const labels = equal(podLabels);
  const text = (of: Pods["namespace"]) => of.map(({ key, values }) => `${key}=${values[0]}`).join(",");
  const who = `pods ${text(labels) || "of any label"} in namespaces ${text(namespace)} at TCP ${ports.join(", ")}`;
  return { namespace, labels, ports, who };
}

/** What a statement lets in beyond the guests, rule by rule. */
export function judge(
  object: KubernetesObject,
  { rules, dialect }: Statement,
  invited: readonly Guest[],
  remedy: string,
  findings: Findings,
): void {
  const accepted = ["must let in nobody", invited.map(({ who }) => who).join("; ")].filter(Boolean).join(" but ");
  findings.each(object, rules, (rule) => {
    if (!dialect) {
      findings.add(object, rule, `is of a kind that this policy does not read, and ${accepted}`, remedy);
      return;
    }
    judgeRule(object, rule, dialect, { invited, accepted, remedy }, findings);
  });
}

interface House {
  readonly invited: readonly Guest[];
  readonly accepted: string;
  readonly remedy: string;
}

function judgeRule(object: KubernetesObject, rule: Field, dialect: Dialect, house: House, findings: Findings): void {
  const { accepted, remedy } = house;
  const [peers, ports] = [dialect.peers(rule), dialect.ports(rule)];
  if (peers.length === 0) findings.add(object, rule.at(dialect.peersField), accepted, remedy);
  if (ports.length === 0) findings.add(object, rule.at(dialect.portsField), `must name ports, and ${accepted}`, remedy);
  findings.each(object, peers, (field) => {
    const peer = dialect.peer(field, object);
    const known = peer ? house.invited.filter((one) => isOneOf(peer, one)) : [];
    if (known.length === 0) {
      findings.add(object, field, accepted, remedy);
      return;
    }
    findings.each(object, ports, (port) => {
      const range = dialect.port(port);
      if (range && isOpen(range, known)) return;
      const numbers = [...new Set(known.flatMap((one) => one.ports))].join(" or ");
      findings.add(object, port, `must be, for ${field.path}, TCP ${numbers} by number`, remedy);
    });
  });
}

/** Whether all of these pods are among the guest's. */
function isOneOf(peer: Pods, { namespace, labels }: Guest): boolean {
  return imply(peer.namespace, namespace) && imply(peer.labels, labels);
}

/** Whether every port of the range is open to those guests. */
function isOpen({ from, to }: PortRange, known: readonly Guest[]): boolean {
  const open = new Set(known.flatMap(({ ports }) => ports));
  const inRange = [...open].filter((port) => port >= from && port <= to);
  return inRange.length > 0 && inRange.length === to - from + 1;
}
