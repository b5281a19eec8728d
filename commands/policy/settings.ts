import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writePrivateFile } from "../../local/state";
import { policies } from "../../policies/policies";
import { stackKind } from "../../stacks/stack-kind";
import { projectRoot } from "../target";
import { environmentSettings, type PolicySettings } from "./environment-settings";
import type { ProjectStack } from "./stacks";
import { workstationSettings } from "./workstation-settings";

/** Settings by policy, in the format of Pulumi's `--policy-pack-config`: a level, or an object. */
type PackConfig = Readonly<Record<string, string | PolicySettings>>;

/** Settings of the project's own; not there, every setting is as the environment says, or has its default. */
const projectFile = join(projectRoot, "policy-config.json");

/** The pack's settings, as a file for each stack. */
export class PackSettings {
  private readonly folder = mkdtempSync(join(tmpdir(), "nats-platform-policy-"));
  private readonly own: PackConfig;

  /** @throws if the project's file is no JSON, names a policy or setting that there is not, or has a policy correct what it cannot */
  constructor(file = projectFile) {
    this.own = existsSync(file) ? readSettings(file) : {};
  }

  /** What the project's file says, in short: a line for whoever reads what the policies found. */
  get changes(): string[] {
    return Object.entries(this.own).map(([policy, own]) => {
      if (typeof own === "string") return `${policy}: ${own}`;
      return `${policy}: ${Object.entries(own)
        .map(([name, value]) => `${name} ${JSON.stringify(value)}`)
        .join(", ")}`;
    });
  }

  /** What the stack's environment says of itself, unless the project's file says otherwise. */
  file({ name, environmentConfig }: Pick<ProjectStack, "name" | "environmentConfig">): string {
    const isWorkstation = stackKind(environmentConfig) === "workstation";
    const settings: Record<string, unknown> = isWorkstation
      ? workstationSettings(environmentConfig)
      : environmentSettings(environmentConfig);
    for (const [policy, own] of Object.entries(this.own)) {
      const given = typeof own === "string" ? { enforcementLevel: own } : own;
      settings[policy] = { ...(settings[policy] as object), ...given };
    }
    const file = join(this.folder, `${name}.json`);
    writePrivateFile(file, JSON.stringify(settings));
    return file;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function readSettings(file: string): PackConfig {
  let settings: PackConfig;
  try {
    settings = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new Error(`${file} is no JSON: ${(error as Error).message}`, { cause: error });
  }
  const names: readonly string[] = policies.map(({ name }) => name);
  const unknown = Object.keys(settings).filter((name) => name !== "all" && !names.includes(name));
  if (unknown.length > 0) {
    const list = unknown.join(", ");
    throw new Error(`${file} names ${list}, which is no policy of the pack; there are ${names.join(", ")}`);
  }
  for (const [name, own] of Object.entries(settings)) requireKnown(file, name, own);
  const remedies: readonly string[] = policies.filter((one) => one.remediateResource).map(({ name }) => name);
  const helpless = Object.keys(settings).filter((name) => {
    return name !== "all" && levelOf(settings[name]) === "remediate" && !remedies.includes(name);
  });
  if (helpless.length === 0) return settings;
  throw new Error(
    `${file} has level "remediate" for ${helpless.join(", ")}, which corrects nothing by itself; ${remedies.join(", ")} do. Write "mandatory".`,
  );
}

function levelOf(own: PackConfig[string] | undefined): unknown {
  return typeof own === "string" ? own : own?.enforcementLevel;
}

/** A setting that is misspelled would leave a policy as it is, and nobody would know. */
function requireKnown(file: string, name: string, own: string | PolicySettings): void {
  if (typeof own === "string") return;
  const { configSchema } = policies.find((policy) => policy.name === name) ?? {};
  const known = [...Object.keys(configSchema?.properties ?? {}), "enforcementLevel"];
  const unknown = Object.keys(own).filter((key) => !known.includes(key));
  if (unknown.length === 0) return;
  throw new Error(
    `${file} sets ${unknown.join(", ")} of ${name}, which has no such setting; it has ${known.join(", ")}`,
  );
}
