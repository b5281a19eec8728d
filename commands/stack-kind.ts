import { type StackKind, stackKind } from "../stacks/stack-kind";
import { stackValues, type Target } from "./target";

/** What a stack is of, by its file; of an environment if it has none. */
export function kindOf(stack: string): StackKind {
  return stackKind(stackValues(stack));
}

/** The command that brings a stack up. */
export function upCommand(stack: string): string {
  const values = stackValues(stack);
  const { tenant, demo } = values as Readonly<Record<string, { readonly id?: string; readonly environment?: string }>>;
  switch (stackKind(values)) {
    case "tenant":
      return `make tenant-up TENANT=${tenant?.id} STACK=${tenant?.environment}`;
    case "demo":
      return `make demo STACK=${demo?.environment}`;
    case "workstation":
      return `make workstation-up${stack === "workstation" ? "" : ` STACK=${stack}`}`;
    case "environment":
      return `make up STACK=${stack}`;
  }
}

/**
 * For commands that work on environments alone.
 * @throws if the target's stack is of another kind, naming that and what to do
 */
export function requireEnvironment({ stack }: Pick<Target, "stack">): void {
  const kind = kindOf(stack);
  if (kind === "environment") return;
  throw new Error(
    `stack "${stack}" is of a ${kind}, and this command is for environments, such as STACK=dev. A ${kind} is brought up by: ${upCommand(stack)}`,
  );
}
