import type { PackConfig, Resource } from "./pack";

/** A change of one field of the compliant stack, and what the policy says of it. */
export interface Mutation {
  /** In words. */
  readonly what: string;
  /** Which resource of the compliant stack it is about, by Pulumi's name. */
  readonly resource: string;
  /** Changes the resource, a copy. */
  readonly change: (resource: Mutable) => void;
  /** Of the message. */
  readonly says: RegExp;
  /** Other policies that the same field breaks. @default none */
  readonly others?: readonly string[];
  /** The one field that the policy corrects at level `remediate`, after which no policy says anything. @default it corrects nothing */
  readonly corrects?: RegExp;
}

/** A resource that a mutation may change as it likes. */
export interface Mutable {
  type: string;
  // biome-ignore lint/suspicious/noExplicitAny: a mutation may make any mistake
  props: any;
  protect?: boolean;
}

/** Proof of one policy: a compliant stack, of which no policy says anything, and mutations of which this one alone does. */
export interface PolicyCases {
  /** Name of the policy. */
  readonly policy: string;
  readonly compliant: readonly Resource[];
  /** Settings in place of the defaults. */
  readonly config?: PackConfig;
  readonly mutations: readonly Mutation[];
  /** Changes of which the policy says nothing, because they are allowed, or of another kind of object. */
  readonly allowed?: readonly Omit<Mutation, "says" | "others">[];
  /** Changes of which it says that it cannot tell: a field that is not known yet. */
  readonly undecided?: readonly Mutation[];
}
