import type { Field } from "../../kernel/field";
import type { KubernetesObject } from "../../kernel/object";
import type { Requirement } from "../requirements";

/** Pods, by what is asked of them and of their namespaces. */
export interface Pods {
  readonly namespace: readonly Requirement[];
  readonly labels: readonly Requirement[];
}

/** TCP ports, both ends included. */
export interface PortRange {
  readonly from: number;
  readonly to: number;
}

/** How a kind of policy writes who is let in, and where. What cannot be judged reads as undefined. */
export interface Dialect {
  /** Field of a rule that says who is let in. */
  readonly peersField: string;
  readonly peers: (rule: Field) => Field[];
  readonly peer: (peer: Field, object: KubernetesObject) => Pods | undefined;
  /** Field of a rule that says at which ports. */
  readonly portsField: string;
  /** None: all of them. */
  readonly ports: (rule: Field) => Field[];
  readonly port: (port: Field) => PortRange | undefined;
}

/** What one policy lets in: to which pods, by which rules. */
export interface Statement {
  /** Pods that it is about. */
  readonly subject: Pods;
  readonly rules: readonly Field[];
  /** Undefined for a kind of policy whose rules are not read. */
  readonly dialect?: Dialect;
}
