import type { PolicyConfig } from "../policy-config";

/** What a process that runs one side's program is asked, and what it answers. Both go from process to process as JSON. */

/** A stack to run. */
export interface StackRequest {
  readonly name: string;
  /** Stack of its environment; its own name for an environment's. */
  readonly environment: string;
  /** Values as Pulumi hands them to the program: texts, by key with its prefix. */
  readonly config: Readonly<Record<string, string>>;
}

/** What a process is to run: environments before the stacks that build on them. */
export interface ProgramRequest {
  /** Folder of the program, absolute: the one with Pulumi.yaml. */
  readonly root: string;
  readonly project: string;
  readonly stacks: readonly StackRequest[];
}

/** A resource that a program registered, all its values known. */
export interface RegisteredResource {
  /** Such as `kubernetes:networking.k8s.io/v1:NetworkPolicy`. */
  readonly type: string;
  /** Pulumi's. */
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>>;
}

/** What came of a stack. */
export interface StackFacts {
  readonly name: string;
  readonly environment: string;
  readonly resources: readonly RegisteredResource[];
  /** Why it could not be run; there are no resources then. */
  readonly error?: string;
}

/** What the authorization callout would let pods of a ServiceAccount do. */
export interface AppFacts {
  readonly stack: string;
  readonly tenant: string;
  /** Stack of the tenant, which decides, too. */
  readonly tenantStack: string;
  readonly namespace: string;
  readonly serviceAccount: string;
  readonly publish: readonly string[];
  readonly subscribe: readonly string[];
}

/** What comes of one side's program. */
export interface ProgramFacts {
  readonly stacks: readonly StackFacts[];
  readonly apps: readonly AppFacts[];
  /** What could not be evaluated, a text each. */
  readonly gaps: readonly string[];
}

/** Everything that is known of one side. */
export interface SideFacts extends ProgramFacts {
  /** What its policies are to ask for beside the pack's defaults. */
  readonly policies: PolicyConfig;
}
