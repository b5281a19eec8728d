import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writePrivateFile } from "../../local/state";
import { policies } from "../../policies/policies";
import { projectRoot } from "../target";

/** Settings by policy, in the format of Pulumi's `--policy-pack-config`: a level, or an object. */
type Settings = Readonly<Record<string, string | Readonly<Record<string, unknown>>>>;

/** Settings of the project's own; not there, every setting has its default. */
const projectFile = join(projectRoot, "policy-config.json");

/** The pack's settings, as a file for environments of each kind. */
export class PackSettings {
  private readonly folder = mkdtempSync(join(tmpdir(), "nats-platform-policy-"));
  private readonly own: Settings;

  /** @throws if the project's file is no JSON, names a policy that there is not, or has one correct what it cannot */
  constructor(file = projectFile) {
    this.own = existsSync(file) ? readSettings(file) : {};
  }

  /** @param isProduction of the environment: policies that ask for more there are told, unless the project's file says otherwise */
  file(isProduction: boolean): string {
    const asking = policies.filter(({ configSchema }) => configSchema?.properties.production !== undefined);
    const production = isProduction ? asking.map(({ name }) => [name, { production: true }] as const) : [];
    const settings: Record<string, unknown> = Object.fromEntries(production);
    for (const [name, own] of Object.entries(this.own)) {
      const given = typeof own === "string" ? { enforcementLevel: own } : own;
      settings[name] = { ...(settings[name] as object), ...given };
    }
    const file = join(this.folder, `${isProduction ? "production" : "other"}.json`);
    writePrivateFile(file, JSON.stringify(settings));
    return file;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function readSettings(file: string): Settings {
  let settings: Settings;
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
  const remedies: readonly string[] = policies.filter((one) => one.remediateResource).map(({ name }) => name);
  const helpless = Object.keys(settings).filter((name) => {
    return name !== "all" && levelOf(settings[name]) === "remediate" && !remedies.includes(name);
  });
  if (helpless.length === 0) return settings;
  throw new Error(
    `${file} has level "remediate" for ${helpless.join(", ")}, which corrects nothing by itself; ${remedies.join(", ")} do. Write "mandatory".`,
  );
}

function levelOf(own: Settings[string] | undefined): unknown {
  return typeof own === "string" ? own : own?.enforcementLevel;
}
