import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { findStacks } from "../policy/stacks";
import type { ProgramRequest, StackRequest } from "./program/facts";

/** Values of an operator of one's own. Where one of them is encrypted all are left out, and the program makes an operator itself. */
const ownOperator = ["operatorJwt", "operatorSigningKey", "systemAccountJwt", "systemAccountSigningKey"];

/**
 * The stacks that a version of the program has files of, configured as its files say, and what of them cannot be read: nobody gives us a passphrase.
 * @param root folder of the version
 * @throws Error if a file is no YAML
 */
export function stackRequests(root: string): Omit<ProgramRequest, "root"> & { readonly gaps: string[] } {
  const { name: project, config: declared = {} } = parse(
    readFileSync(join(root, "Pulumi.yaml"), "utf8"),
  ) as ProjectFile;
  const prefix = `${project}:`;
  const gaps: string[] = [];
  // Every key of the project has its default, in every stack, as Pulumi does it.
  const defaults = Object.entries(declared).map(([key, { default: value }]) => [key, value] as const);
  const stacks = findStacks(root).map(({ name, environment, config }): StackRequest => {
    const own = Object.entries(config).flatMap(([key, value]) => {
      return key.startsWith(prefix) ? [[key.slice(prefix.length), value] as const] : [];
    });
    const encrypted = own.filter(([, value]) => isEncrypted(value)).map(([key]) => key);
    const isOperators = encrypted.some((key) => ownOperator.includes(key));
    const left = isOperators ? [...encrypted, ...ownOperator] : encrypted;
    if (encrypted.length > 0) {
      const instead = isOperators
        ? "; an operator made for the occasion stands in for yours, and its system account for yours"
        : "";
      gaps.push(`stack ${name}: ${encrypted.join(", ")}: encrypted in Pulumi.${name}.yaml, and so left out${instead}`);
    }
    const values = [...defaults, ...own.filter(([key]) => !left.includes(key))].filter(
      ([, value]) => value !== undefined,
    );
    const texts = values.map(([key, value]) => [
      prefix + key,
      typeof value === "string" ? value : JSON.stringify(value),
    ]);
    return { name, environment: environment ?? name, config: Object.fromEntries(texts) };
  });
  return { project, stacks, gaps };
}

interface ProjectFile {
  readonly name: string;
  readonly config?: Readonly<Record<string, { readonly default?: unknown }>>;
}

function isEncrypted(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  return "secure" in value || Object.values(value).some(isEncrypted);
}
