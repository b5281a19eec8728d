import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { configuredStacks, ownKeys, projectRoot } from "../target";

/** A stack that the project has a file of. */
export interface ProjectStack {
  readonly name: string;
  /** Stack of the environment that it is in; undefined for one that is in none, an environment's own and a workstation's. */
  readonly environment?: string;
  /** Configuration, with its keys' prefixes. */
  readonly config: Readonly<Record<string, unknown>>;
  /** The environment's configuration, its own if it is in none, without the project's prefix. Empty if the project has no file of it. */
  readonly environmentConfig: Readonly<Record<string, unknown>>;
}

/**
 * The stacks that a folder has files of (`Pulumi.<stack>.yaml`), environments first, because the others need theirs.
 * @throws if a file is no YAML, naming it
 */
export function findStacks(folder = projectRoot): ProjectStack[] {
  const names = configuredStacks(folder);
  const configs = new Map(names.map((name) => [name, readConfig(join(folder, `Pulumi.${name}.yaml`))]));
  const stacks = [...configs].map(([name, config]): ProjectStack => {
    const environment = environmentOf(config);
    const environmentConfig = ownKeys(configs.get(environment ?? name) ?? {});
    return { name, ...(environment ? { environment } : {}), config, environmentConfig };
  });
  const rank = ({ environment }: ProjectStack) => (environment === undefined ? 0 : 1);
  return stacks.toSorted((one, other) => rank(one) - rank(other) || one.name.localeCompare(other.name));
}

function readConfig(file: string): Record<string, unknown> {
  try {
    return (parse(readFileSync(file, "utf8")) as { config?: Record<string, unknown> } | null)?.config ?? {};
  } catch (error) {
    throw new Error(`${file} cannot be read as YAML: ${(error as Error).message.split("\n")[0]}`, { cause: error });
  }
}

function environmentOf(config: Readonly<Record<string, unknown>>): string | undefined {
  for (const key of ["nats-platform:tenant", "nats-platform:demo"]) {
    const { environment } = (config[key] ?? {}) as { environment?: unknown };
    if (typeof environment === "string") return environment;
  }
  return undefined;
}
