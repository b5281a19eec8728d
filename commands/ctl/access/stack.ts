import { describeError } from "../../../services/text";
import { tenantStackName } from "../../../stacks/tenant-checks";
import { kindOf } from "../../stack-kind";
import { findTarget, stackValues, type Target } from "../../target";
import { UnusableError } from "../errors";

/** A stack that commands work on, and what it is. */
export interface Stack {
  readonly kind: "environment" | "tenant" | "workstation";
  readonly target: Target;
  /** A tenant's environment; otherwise the same as {@link target}. */
  readonly environment: Target;
  /** Id of the tenant, of a tenant's stack. */
  readonly tenant?: string;
}

/**
 * Finds a stack by its name.
 * @param context of a kubeconfig. @default KUBECONTEXT, else what the stack's file (a tenant's: its environment's) says, else the local cluster
 * @throws UnusableError if there is no such stack, or it is one that commands have nothing to look at in
 */
export function findStack(name: string, context: string | undefined, env: NodeJS.ProcessEnv = process.env): Stack {
  const find = (stack: string) =>
    findTarget({ ...env, STACK: stack, ...(context === undefined ? {} : { KUBECONTEXT: context }) });
  try {
    const target = find(name);
    const kind = kindOf(name);
    if (kind === "demo") {
      throw new Error(
        `stack "${name}" is a demo, which has apps and no servers: make demo shows it; choose its environment or a tenant with --stack`,
      );
    }
    if (kind !== "tenant") return { kind, target, environment: target };
    const { id, environment } = tenantSetting(name);
    const of = find(environment);
    return { kind, tenant: id, environment: of, target: { ...of, stack: tenantStackName(environment, id) } };
  } catch (error) {
    throw new UnusableError(describeError(error), { cause: error });
  }
}

/** Refuses a stack of a kind for which a command means nothing. */
export function requireKind(stack: Stack, kinds: readonly Stack["kind"][], why: string): void {
  if (!kinds.includes(stack.kind)) {
    throw new UnusableError(`stack "${stack.target.stack}" is ${article(stack.kind)}: ${why}`);
  }
}

function article(kind: Stack["kind"]): string {
  return kind === "environment" ? "an environment" : `a ${kind}`;
}

function tenantSetting(name: string): { id: string; environment: string } {
  const { id, environment } = (stackValues(name).tenant ?? {}) as Record<string, unknown>;
  if (typeof id !== "string" || typeof environment !== "string") {
    throw new Error(`Pulumi.${name}.yaml does not name the tenant's id and environment`);
  }
  return { id, environment };
}
