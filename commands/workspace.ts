import { existsSync } from "node:fs";
import { join } from "node:path";
import { CommandError, LocalWorkspace, PulumiCommand, type Stack, StackNotFoundError } from "@pulumi/pulumi/automation";
import { toolsBin } from "../local/tools";
import { runStack } from "../stacks";
import { notUp, saidBy, workspace } from "./pulumi-cli";
import { projectName, type Target } from "./target";

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

function inlineStack(target: Target) {
  return { projectName, stackName: target.stack, program: async () => runStack() };
}

async function workspaceOptions(target: Target, changes?: Readonly<Record<string, unknown>>) {
  return { ...(await workspace(target, changes)), pulumiCommand: await pulumiCommand() };
}

let cli: Promise<PulumiCommand> | undefined;

/** The CLI: that of the tools, where they are built, or else the one that is installed. */
export function pulumiCommand(): Promise<PulumiCommand> {
  cli ??= PulumiCommand.get(existsSync(join(toolsBin(), "pulumi")) ? { root: join(toolsBin(), "..") } : {});
  return cli;
}

function openProblem({ stack }: Target, error: CommandError): string {
  return `pulumi cannot open stack "${stack}": ${saidBy(error)}`;
}
