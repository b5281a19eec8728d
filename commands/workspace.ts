import { randomBytes } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { CommandError, LocalWorkspace, PulumiCommand, type Stack, StackNotFoundError } from "@pulumi/pulumi/automation";
import { parse, stringify } from "yaml";
import { officialPluginInstalled, pluginPath } from "../local/plugins";
import { clusterPaths, makePrivateDir, writePrivateFile } from "../local/state";
import { toolsBin } from "../local/tools";
import { runStack } from "../stacks";
import { upCommand } from "./stack-kind";
import { projectName, projectRoot, type Target } from "./target";

/**
 * Opens the target's stack through the Automation API; creates it when it does not exist.
 * @param changes configuration values, by key without the project's prefix, in place of those in the stack's file; local cluster only
 */
export async function openStack(target: Target, changes: Readonly<Record<string, unknown>> = {}): Promise<Stack> {
  const stack = await LocalWorkspace.createOrSelectStack(
    inlineStack(target),
    await workspaceOptions(target, changes),
  ).catch((error: unknown) => {
    throw error instanceof CommandError ? new Error(openProblem(target, error), { cause: error }) : error;
  });
  if (target.kind === "own") await stack.setConfig("kubernetes:context", { value: target.context });
  return stack;
}

/**
 * Opens the target's stack if it exists.
 * @throws if it does not
 */
export async function openExistingStack(target: Target): Promise<Stack> {
  try {
    return await LocalWorkspace.selectStack(inlineStack(target), await workspaceOptions(target));
  } catch (error) {
    if (error instanceof StackNotFoundError) throw notUp(target.stack, error);
    throw error;
  }
}

/** Names of the project's stacks that have resources. */
export async function stackNames(target: Target): Promise<string[]> {
  const local = await LocalWorkspace.create(await workspaceOptions(target));
  return (await local.listStacks()).filter(({ resourceCount }) => resourceCount !== 0).map(({ name }) => name);
}

/** What to say of a stack that has not been brought up. */
export function notUp(stack: string, cause?: unknown): Error {
  const [, environment, tenant] = /^(.+)-tenant-(.+)$/.exec(stack) ?? [];
  // A tenant's file may be gone already.
  const remedy = tenant ? `make tenant-up TENANT=${tenant} STACK=${environment}` : upCommand(stack);
  return new Error(`stack "${stack}" is not up. Run ${remedy} first.`, { cause });
}

function inlineStack(target: Target) {
  return { projectName, stackName: target.stack, program: async () => runStack() };
}

async function workspaceOptions(target: Target, changes?: Readonly<Record<string, unknown>>) {
  return { ...(await workspace(target, changes)), pulumiCommand: await pulumiCommand() };
}

/** The CLI: that of the tools, where they are built, or else the one that is installed. */
export function pulumiCommand(): Promise<PulumiCommand> {
  return PulumiCommand.get(existsSync(join(toolsBin(), "pulumi")) ? { root: join(toolsBin(), "..") } : {});
}

/**
 * Environment variables by which the CLI finds its plugins.
 * @param folder with plugins that come before all others. @default stand-ins for the official ones, where those are not installed
 */
export async function pluginEnvironment(folder?: string): Promise<Record<string, string>> {
  const path = [toolsBin(), folder ?? (await pluginFolder()), process.env.PATH ?? ""].filter(Boolean).join(":");
  return { PATH: path, PULUMI_SKIP_UPDATE_CHECK: "true" };
}

function openProblem({ stack }: Target, error: CommandError): string {
  return `pulumi cannot open stack "${stack}": ${saidBy(error)}`;
}

/** What the CLI said was wrong, without the frame that the Automation API puts around it. */
export function saidBy(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return /\berror: (.*)$/m.exec(message)?.[1] ?? message;
}

/** Environment variables that point the Pulumi CLI at the target: backend, passphrase, cluster, plugins. */
export async function pulumiEnvironment(target: Target): Promise<Record<string, string>> {
  return (await workspace(target)).envVars;
}

async function workspace(
  target: Target,
  changes: Readonly<Record<string, unknown>> = {},
): Promise<{ workDir: string; envVars: Record<string, string> }> {
  const common = { ...(await pluginEnvironment()), KUBECONFIG: target.kubeconfig };
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
