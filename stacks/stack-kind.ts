import { fromText } from "./config-parser";
import { platformSchema } from "./platform-config";

/** What a stack is of, by the part that its file must have for it: without any it is an environment's. */
const parts = {
  tenant: "id",
  demo: "environment",
  workstation: "accounts",
} as const;

/** What a stack is of. */
export type StackKind = keyof typeof parts | "environment";

/**
 * Decides what a stack is of.
 * @param values its configuration, without the project's prefix; objects may be given as JSON text, as Pulumi keeps them
 */
export function stackKind(values: Readonly<Record<string, unknown>>): StackKind {
  const kinds = Object.keys(parts) as (keyof typeof parts)[];
  return kinds.find((kind) => parts[kind] in objectOf(values, kind)) ?? "environment";
}

/** What a stack says of the kind that it is of; empty for nothing. */
export function objectOf(
  values: Readonly<Record<string, unknown>>,
  kind: Exclude<StackKind, "environment">,
): Readonly<Record<string, unknown>> {
  const value = fromText(platformSchema, kind, values[kind]);
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}
