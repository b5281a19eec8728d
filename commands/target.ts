import { existsSync, readdirSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { parse } from "yaml";
import { clusterName, clusterPaths } from "../local/state";

/** Folder of the program: the one with Pulumi.yaml. */
export const projectRoot = resolve(__dirname, "..");

/** Of Pulumi.yaml. */
export const projectName = "nats-platform";

/** The stack and the cluster that a command works on. */
export interface Target {
  /** `local`: the cluster that this program makes on this machine. `own`: one that exists already, which is all that is touched. */
  readonly kind: "local" | "own";
  /** Stack, and so environment: its configuration is `Pulumi.<stack>.yaml`. */
  readonly stack: string;
  /** Name of the local cluster; undefined for `own`. */
  readonly cluster?: string;
  readonly kubeconfig: string;
  /** Context in {@link kubeconfig}. */
  readonly context: string;
}

/**
 * Decides what to work on from the environment, and from nothing that could be forgotten in a shell: the local cluster, unless
 * `KUBECONTEXT` or the stack's `kubernetes:context` names a cluster. Never falls back from one to the other.
 * `STACK` chooses the stack (default `dev`), `NATS_PLATFORM_CLUSTER` the local cluster (default `dev`).
 * @throws if the context does not exist, naming those that do
 */
export function findTarget(env: NodeJS.ProcessEnv = process.env): Target {
  const stack = env.STACK ?? "dev";
  if (!/^[a-zA-Z0-9][-\w]*$/.test(stack)) throw new Error(`STACK is "${stack}"; it must be letters, digits, - and _`);
  const configFile = stackFile(stack);
  if (!existsSync(configFile)) {
    throw new Error(
      `there is no stack "${stack}": ${configFile} does not exist. Set STACK to one that does, or write that file.`,
    );
  }
  const context = env.KUBECONTEXT ?? stackSetting(stack, "kubernetes:context");
  return context === undefined ? localTarget(stack, env) : ownTarget(stack, String(context), env);
}

function localTarget(stack: string, env: NodeJS.ProcessEnv): Target {
  const cluster = clusterName(env);
  return {
    kind: "local",
    stack,
    cluster,
    kubeconfig: clusterPaths(cluster).kubeconfig,
    context: `nats-platform-${cluster}`,
  };
}

function ownTarget(stack: string, context: string, env: NodeJS.ProcessEnv): Target {
  const kubeconfig = env.KUBECONFIG ?? join(homedir(), ".kube", "config");
  if (!existsSync(kubeconfig)) {
    throw new Error(
      `context "${context}" was asked for, but there is no kubeconfig at ${kubeconfig}. Set KUBECONFIG to the one file that has it.`,
    );
  }
  // Read as it is written: the Kubernetes client takes a second to load, and most commands need no more than this of it.
  const known = contextsOf(kubeconfig);
  if (!known.includes(context)) {
    throw new Error(
      `${kubeconfig} has no context "${context}"; it has: ${known.join(", ") || "none"}. Set KUBECONTEXT to one of them.`,
    );
  }
  return { kind: "own", stack, kubeconfig, context };
}

/** Names of a kubeconfig's contexts. @throws if the file is none */
function contextsOf(kubeconfig: string): string[] {
  let content: unknown;
  try {
    content = parse(readFileSync(kubeconfig, "utf8"));
  } catch (error) {
    throw new Error(`${kubeconfig} is not a kubeconfig: ${(error as Error).message.split("\n")[0]}`, { cause: error });
  }
  const { contexts } = (content ?? {}) as { contexts?: unknown };
  return Array.isArray(contexts) ? contexts.flatMap((context) => context?.name ?? []) : [];
}

/** Value of a key, with its prefix, in a stack's configuration file. */
export function stackSetting(stack: string, key: string): unknown {
  return parse(readFileSync(stackFile(stack), "utf8"))?.config?.[key];
}

/** The project's keys in a stack's configuration file, without their prefix; empty if there is no such file. */
export function stackValues(stack: string): Record<string, unknown> {
  const file = stackFile(stack);
  if (!existsSync(file)) return {};
  return ownKeys(parse(readFileSync(file, "utf8"))?.config ?? {});
}

/** The project's keys in a configuration, without their prefix. */
export function ownKeys(config: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const prefix = `${projectName}:`;
  const own = Object.entries(config).filter(([key]) => key.startsWith(prefix));
  return Object.fromEntries(own.map(([key, value]) => [key.slice(prefix.length), value]));
}

/** Names of the stacks that a folder has configuration files of, `Pulumi.<stack>.yaml`. */
export function configuredStacks(folder = projectRoot): string[] {
  return readdirSync(folder)
    .flatMap((file) => /^Pulumi\.([a-zA-Z0-9][-\w]*)\.yaml$/.exec(file)?.[1] ?? [])
    .sort();
}

function stackFile(stack: string): string {
  return join(projectRoot, `Pulumi.${stack}.yaml`);
}
