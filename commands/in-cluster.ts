import { hostname } from "node:os";
import { CoreV1Api, type KubeConfig, NetworkingV1Api, type V1Pod } from "@kubernetes/client-node";
import { apiErrorMessage } from "./api-error";
import { bundle } from "./bundle";
import {
  containerName,
  openEgress,
  ownerAnnotation,
  type ProgramManifestArgs,
  programConfigMap,
  programLabel,
  programPod,
} from "./in-cluster-manifests";
import { kubeConfig, listMetadata } from "./kubernetes";
import { readLog } from "./pod-log";

/** A TypeScript program to run in the cluster. */
export interface InClusterProgram {
  readonly kubeconfig: string;
  readonly context: string;
  readonly namespace: string;
  /** Start of the names of its objects: a DNS label of at most 40 characters. A unique part is added, so that several can run side by side. */
  readonly name: string;
  /** Absolute path of its main file. */
  readonly entry: string;
  /** Image of Node. */
  readonly image: string;
  /** Environment variables. No secrets: they can be read in the Pod. */
  readonly env?: Readonly<Record<string, string>>;
  /** Secrets with creds by the folder they are mounted at, below `/creds`. */
  readonly credsSecrets?: Readonly<Record<string, string>>;
  /** Secret with `ca.crt` that is mounted at `/ca/ca.crt`. */
  readonly caSecret?: string;
  /** Whether NetworkPolicies treat it as a client of the platform. @default true */
  readonly client?: boolean;
  /** Labels of its pod beside those that every program has. @default none */
  readonly labels?: Readonly<Record<string, string>>;
  /** Whether a NetworkPolicy of its own lets it send anywhere, heard or not. @default true for one that is not a client */
  readonly openEgress?: boolean;
  /** Most it may take. A namespace whose quota counts limits takes no pod without both. @default 512Mi of memory, any CPU */
  readonly limits?: { readonly cpu?: string; readonly memory: string };
  /** The only node to run on. @default any */
  readonly nodeName?: string;
  /** A node not to run on. @default none */
  readonly antiAffinityNode?: string;
  /** Seconds the program may run. @default 600 */
  readonly deadlineSeconds?: number;
  /** Called with each line it prints, as it prints it. */
  readonly onLine: (line: string) => void;
  /** Ends the program early. */
  readonly signal?: AbortSignal;
}

/** How long a pod may take to start, with its image to be pulled, in milliseconds. */
const startTimeoutMs = 120_000;

/** How long a pod may find no node, in milliseconds. */
const scheduleTimeoutMs = 20_000;

/** How long removing may take, in milliseconds. */
const removeTimeoutMs = 15_000;

const pollMs = 150;

/**
 * Runs a program as a Pod of the cluster until it ends, and removes everything of it again, also when it fails or is aborted.
 * Removes first what killed commands have left behind. Always ends, whatever has become of the cluster.
 * @returns the program's exit code
 * @throws Error saying why the pod cannot start, that it ran out of time, or that the signal was aborted
 */
export async function runInCluster(program: InClusterProgram): Promise<number> {
  const config = kubeConfig(program);
  const args = await manifestArgs(program);
  const timeout = AbortSignal.timeout(startTimeoutMs + args.deadlineSeconds * 1000);
  const signal = program.signal ? AbortSignal.any([program.signal, timeout]) : timeout;
  const running = removeLeftovers(config, program.namespace).then(() => runPod(config, args, program.onLine, signal));
  try {
    return await abortable(running, signal);
  } catch (error) {
    throw new Error(apiErrorMessage(error), { cause: error });
  } finally {
    // Nothing may be created any more once we remove.
    const settled = running.then(
      () => {},
      () => {},
    );
    await abortable(
      settled.then(() => remove(config, program.namespace, args.name)),
      AbortSignal.timeout(removeTimeoutMs),
    );
  }
}

async function runPod(
  config: KubeConfig,
  args: ProgramManifestArgs,
  onLine: (line: string) => void,
  signal: AbortSignal,
): Promise<number> {
  await create(config, args, signal);
  await waitForStart(config, args, signal);
  let seen = 0;
  for (;;) {
    const exitCode = await exitCodeNow(config, args, signal);
    // A log may break off before the program ends; it is read again from its start, and what is known is left out.
    let position = 0;
    await readLog(config, args, { container: containerName, follow: exitCode === undefined, signal }, (line) => {
      if (position++ < seen) return;
      seen++;
      onLine(line);
    });
    if (exitCode !== undefined) return exitCode;
    await pause(signal);
  }
}

async function manifestArgs(program: InClusterProgram): Promise<ProgramManifestArgs> {
  return {
    name: `${program.name}-${Date.now().toString(36)}${Math.random().toString(36).slice(2, 6)}`,
    namespace: program.namespace,
    owner: `${hostname()}/${process.pid}`,
    code: await bundle(program.entry),
    image: program.image,
    env: program.env ?? {},
    credsSecrets: program.credsSecrets ?? {},
    ...(program.caSecret ? { caSecret: program.caSecret } : {}),
    client: program.client ?? true,
    labels: program.labels ?? {},
    openEgress: program.openEgress ?? program.client === false,
    limits: program.limits ?? { memory: "512Mi" },
    ...(program.nodeName ? { nodeName: program.nodeName } : {}),
    ...(program.antiAffinityNode ? { antiAffinityNode: program.antiAffinityNode } : {}),
    deadlineSeconds: program.deadlineSeconds ?? 600,
  };
}

async function create(config: KubeConfig, args: ProgramManifestArgs, signal: AbortSignal): Promise<void> {
  const { namespace } = args;
  const core = config.makeApiClient(CoreV1Api);
  signal.throwIfAborted();
  await core.createNamespacedConfigMap({ namespace, body: programConfigMap(args) });
  if (args.openEgress) {
    signal.throwIfAborted();
    await config.makeApiClient(NetworkingV1Api).createNamespacedNetworkPolicy({ namespace, body: openEgress(args) });
  }
  signal.throwIfAborted();
  await core.createNamespacedPod({ namespace, body: programPod(args) });
}

async function waitForStart(config: KubeConfig, args: ProgramManifestArgs, signal: AbortSignal): Promise<void> {
  const started = Date.now();
  for (;;) {
    const pod = await readPod(config, args, signal);
    const state = pod.status?.containerStatuses?.[0]?.state;
    if (state?.running || state?.terminated) return;
    if (pod.status?.phase === "Failed")
      throw new Error(`pod ${args.name} failed: ${pod.status.message ?? pod.status.reason}`);
    const problem = startProblem(pod, Date.now() - started);
    if (problem) throw new Error(`pod ${args.name} ${problem}`);
    await pause(signal);
  }
}

/** Why a pod that has not started after so many milliseconds is given up; undefined while it may still start. */
export function startProblem(pod: V1Pod, elapsedMs: number): string | undefined {
  const unscheduled = pod.status?.conditions?.find(({ type, status }) => type === "PodScheduled" && status === "False");
  if (unscheduled && elapsedMs > scheduleTimeoutMs) {
    return `finds no node: ${unscheduled.message ?? unscheduled.reason}`;
  }
  const waiting = pod.status?.containerStatuses?.[0]?.state?.waiting;
  const hopeless = ["CreateContainerConfigError", "CreateContainerError", "InvalidImageName", "ImagePullBackOff"];
  if (waiting?.reason && hopeless.includes(waiting.reason)) {
    return `cannot start: ${waiting.reason}: ${waiting.message ?? ""}`;
  }
  if (elapsedMs > startTimeoutMs)
    return `has not started after ${elapsedMs / 1000} s: ${waiting?.reason ?? "no reason given"}`;
  return undefined;
}

/** The program's exit code; undefined while it runs. */
async function exitCodeNow(
  config: KubeConfig,
  args: ProgramManifestArgs,
  signal: AbortSignal,
): Promise<number | undefined> {
  const { status } = await readPod(config, args, signal);
  const exit = status?.containerStatuses?.[0]?.state?.terminated;
  if (!exit && status?.phase === "Failed") {
    throw new Error(`pod ${args.name} failed: ${status.message ?? status.reason}`);
  }
  return exit?.exitCode;
}

function readPod(config: KubeConfig, { name, namespace }: ProgramManifestArgs, signal: AbortSignal): Promise<V1Pod> {
  signal.throwIfAborted();
  return config.makeApiClient(CoreV1Api).readNamespacedPod({ name, namespace });
}

/** Rejects with the signal's reason as soon as it is aborted, whatever the promise waits for. */
async function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  let abort: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(signal.reason);
    signal.addEventListener("abort", abort, { once: true });
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    if (abort) signal.removeEventListener("abort", abort);
  }
}

async function pause(signal: AbortSignal): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, pollMs));
  signal.throwIfAborted();
}

/** Deletes a program's objects; those that are gone already do not matter. */
async function remove(config: KubeConfig, namespace: string, name: string): Promise<void> {
  const core = config.makeApiClient(CoreV1Api);
  const networking = config.makeApiClient(NetworkingV1Api);
  const deletions = [
    core.deleteNamespacedPod({ name, namespace, gracePeriodSeconds: 0 }),
    core.deleteNamespacedConfigMap({ name, namespace }),
    networking.deleteNamespacedNetworkPolicy({ name, namespace }),
  ];
  const failures = (await Promise.allSettled(deletions)).flatMap((outcome) =>
    outcome.status === "rejected" && outcome.reason?.code !== 404 ? [outcome.reason as Error] : [],
  );
  if (failures[0]) throw new Error(`cannot remove ${namespace}/${name}: ${failures[0].message}`);
}

/** Removes the objects of programs whose command is gone. */
async function removeLeftovers(config: KubeConfig, namespace: string): Promise<void> {
  const core = config.makeApiClient(CoreV1Api);
  const found = await listMetadata((options) =>
    core.listNamespacedConfigMap({ namespace, labelSelector: programLabel }, options),
  );
  for (const { name, annotations, creationTimestamp } of found) {
    const owner = annotations?.[ownerAnnotation] ?? "";
    const ageMs = Date.now() - (creationTimestamp?.getTime() ?? 0);
    if (name && isLeftover(owner, ageMs)) await remove(config, namespace, name);
  }
}

/** Age after which a program of another machine's command is taken for left behind, in milliseconds. */
const foreignLeftoverMs = 3_600_000;

/** Whether the command that started a program, `<host>/<process id>`, can no longer be there to remove it. */
export function isLeftover(owner: string, ageMs: number): boolean {
  const [host, pid] = owner.split("/");
  if (host !== hostname() || !pid) return ageMs > foreignLeftoverMs;
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ESRCH";
  }
}
