import { stackValues } from "./target";

/** What a stack is of. */
export type StackKind = "environment" | "tenant" | "workstation" | "demo";

/** The parts that make a stack something else than an environment. */
const parts = ["tenant", "workstation", "demo"] as const;

/** What a stack is of, by its file; of an environment if it has none. */
export function kindOf(stack: string): StackKind {
  const values = stackValues(stack);
  return parts.find((part) => values[part] !== undefined) ?? "environment";
}

/** The command that brings a stack up. */
export function upCommand(stack: string): string {
  const { tenant, demo } = stackValues(stack) as Readonly<Record<string, { id?: string; environment?: string }>>;
  switch (kindOf(stack)) {
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
