import { stackSetting } from "./target";

/** What a stack is, as the program sees it. */
export type StackKind = "environment" | "tenant" | "workstation" | "demo";

/** The keys that make a stack something else than an environment. */
const kindKeys = ["tenant", "workstation", "demo"] as const;

/** Kind of a stack by its configuration file. */
export function stackKind(stack: string): StackKind {
  return kindKeys.find((key) => stackSetting(stack, `nats-platform:${key}`) !== undefined) ?? "environment";
}
