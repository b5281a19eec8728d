import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";

/** Levels and settings of policies that differ from the pack's defaults, by policy; see `commands/policy/settings.ts`. */
export type PolicyConfig = Readonly<Record<string, unknown>>;

/**
 * What a version of the project has its policies ask for.
 * @param root folder of the version
 * @throws Error if its file is no JSON
 */
export function readPolicyConfig(root: string): PolicyConfig {
  const file = join(root, "policy-config.json");
  if (!existsSync(file)) return {};
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new Error(`policy-config.json is no JSON: ${(error as Error).message}`, { cause: error });
  }
}

/**
 * Policies that ask for something else on the two sides. Who changes what is asked for may change everything else unseen, so that is told beside it.
 * @returns a text each
 */
export function changedPolicies(before: PolicyConfig, after: PolicyConfig): string[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((policy) => !isDeepStrictEqual(before[policy], after[policy]))
    .sort()
    .map((policy) => `policy-config.json: ${policy} is ${shown(after[policy])}, was ${shown(before[policy])}`);
}

const shown = (own: unknown) => (own === undefined ? "the pack's default" : JSON.stringify(own));
