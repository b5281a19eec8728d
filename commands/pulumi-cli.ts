import { randomBytes } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { officialPluginInstalled, pluginPath } from "../local/plugins";
import { clusterPaths, makePrivateDir, writePrivateFile } from "../local/state";
import { toolsBin } from "../local/tools";
import { upCommand } from "./stack-kind";
import { projectName, projectRoot, type Target } from "./target";

/**
 * Environment variables by which the CLI finds its plugins.
 * @param folder with plugins that come before all others. @default stand-ins for the official ones, where those are not installed
 */
export async function pluginEnvironment(folder?: string): Promise<Record<string, string>> {
  const path = [toolsBin(), folder ?? (await pluginFolder()), process.env.PATH ?? ""].filter(Boolean).join(":");
  return { PATH: path, PULUMI_SKIP_UPDATE_CHECK: "true" };
}

/** Environment variables that point the Pulumi CLI at the target: backend, passphrase, cluster, plugins. */
export async function pulumiEnvironment(target: Target): Promise<Record<string, string>> {
  return (await workspace(target)).envVars;
}

/**
 * Where the CLI works on the target's stack, and its environment variables.
 * @param changes configuration values, by key without the project's prefix, in place of those in the stack's file; local cluster only
 * @param plugins folder with plugins as of {@link pluginEnvironment}; the empty string for what needs none
 */
export async function workspace(
  target: Target,
  changes: Readonly<Record<string, unknown>> = {},
  plugins?: string,
): Promise<{ workDir: string; envVars: Record<string, string> }> {
  const common = { ...(await pluginEnvironment(plugins)), KUBECONFIG: target.kubeconfig };
  // A cluster of the user's own comes with Pulumi settings of the user's own: backend, passphrase and project as they are.
  if (target.cluster === undefined) return { workDir: projectRoot, envVars: common };
  if (!existsSync(target.kubeconfig))
    throw new Error(`there is no local cluster "${target.cluster}". Run make up first.`);
  const { pulumi } = clusterPaths(target.cluster);
  // Of the stack alone: Pulumi rewrites the project's file, and two stacks are worked on at a time.
  const workDir = join(pulumi, "projects", target.stack);
  for (const dir of [pulumi, workDir, join(pulumi, "backend"), join(pulumi, "home")]) makePrivateDir(dir);
  copyProject(target, workDir, changes);
  return {
    workDir,
    envVars: {
      ...common,
      PULUMI_BACKEND_URL: `file://${join(pulumi, "backend")}`,
      PULUMI_CONFIG_PASSPHRASE_FILE: passphraseFile(pulumi),
      PULUMI_HOME: join(pulumi, "home"),
    },
  };
}

let standIns: Promise<string> | undefined;

/** Folder with stand-ins for the official plugins that are not installed, said once; the empty string when all are. */
function pluginFolder(): Promise<string> {
  standIns ??= findStandIns();
  return standIns;
}

async function findStandIns(): Promise<string> {
  const missing = ["kubernetes", "random"].filter((name) => !officialPluginInstalled(name));
  if (missing.length === 0) return "";
  process.stderr.write(`Pulumi plugins not installed, using the stand-ins of local/plugins: ${missing.join(", ")}\n`);
  return pluginPath();
}

/**
 * The project as the local cluster's stack sees it: a copy, because Pulumi writes the stack's encryption salt into its
 * configuration file, and what is made on one machine does not belong in the repository. It names the cluster, too.
 */
function copyProject(target: Target, workDir: string, changes: Readonly<Record<string, unknown>>): void {
  const file = `Pulumi.${target.stack}.yaml`;
  const read = (path: string) => (existsSync(path) ? (parse(readFileSync(path, "utf8")) ?? {}) : {});
  const { encryptionsalt } = read(join(workDir, file));
  const settings = { ...read(join(projectRoot, file)), ...(encryptionsalt ? { encryptionsalt } : {}) };
  settings.config = {
    ...settings.config,
    "kubernetes:kubeconfig": target.kubeconfig,
    "kubernetes:context": target.context,
    // Nobody else makes objects here: one that is there already was made by a run that was killed before it could say so.
    "kubernetes:upsertExistingObjects": true,
    "kubernetes:enablePatchForce": true,
  };
  for (const [key, value] of Object.entries(changes)) settings.config[`${projectName}:${key}`] = value;
  writePrivateFile(join(workDir, file), stringify(settings));
  writePrivateFile(join(workDir, "Pulumi.yaml"), readFileSync(join(projectRoot, "Pulumi.yaml"), "utf8"));
}

function passphraseFile(folder: string): string {
  const file = join(folder, "passphrase");
  if (!existsSync(file)) writePrivateFile(file, randomBytes(32).toString("base64url"));
  return file;
}

/** What the CLI said was wrong, without the frame that the Automation API puts around it. */
export function saidBy(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return /\berror: (.*)$/m.exec(message)?.[1] ?? message;
}

/** What to say of a stack that has not been brought up. */
export function notUp(stack: string, cause?: unknown): Error {
  const [, environment, tenant] = /^(.+)-tenant-(.+)$/.exec(stack) ?? [];
  // A tenant's file may be gone already.
  const remedy = tenant ? `make tenant-up TENANT=${tenant} STACK=${environment}` : upCommand(stack);
  return new Error(`stack "${stack}" is not up. Run ${remedy} first.`, { cause });
}
