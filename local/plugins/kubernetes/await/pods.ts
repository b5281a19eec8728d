import { isMap, type ValueMap } from "../../rpc/values";
import { at, type KubeObject, mapsAt, nameOf, namespaceOf, numberAt, textAt, uidOf } from "../objects";
import type { Cluster } from "../session";
import { conditionsOf } from "./readiness";

const logLines = 5;
const logTimeoutMs = 2_000;
const eventReasons = new Set([
  "Unhealthy",
  "Failed",
  "FailedMount",
  "FailedAttachVolume",
  "FailedCreate",
  "FailedScheduling",
  "FailedCreatePodSandBox",
  "BackOff",
]);

/**
 * Why the Pods of a workload are not ready, one sentence each: not scheduled, image not pulled, container crashing (with the end of
 * its log), volume not mounted, probe failing, Pods refused by admission. Empty if nothing is known to be wrong.
 * @param stragglers also tell how far Pods have come that are merely not ready yet
 */
export async function podProblems(
  cluster: Cluster,
  owner: KubeObject,
  signal: AbortSignal,
  stragglers: boolean,
): Promise<string[]> {
  const isPod = textAt(owner, "kind") === "Pod";
  const refused = isPod ? [] : await warningsOf(cluster, owner, signal);
  const problems = refused.map((event) => `[${textAt(owner, "kind")} ${nameOf(owner)}]: ${event}`);
  for (const pod of isPod ? [owner] : await podsOf(cluster, owner, signal)) {
    const found = isReady(pod) ? [] : await problemsWithEvents(cluster, pod, signal);
    if (found.length === 0 && stragglers && !isReady(pod)) found.push(`not ready yet: ${progressOf(pod)}`);
    problems.push(...found.map((problem) => `[Pod ${namespaceOf(pod)}/${nameOf(pod)}]: ${problem}`));
  }
  return [...new Set(problems)];
}

async function problemsWithEvents(cluster: Cluster, pod: KubeObject, signal: AbortSignal): Promise<string[]> {
  const problems: string[] = [];
  for (const { text, crashed } of problemsOfPod(pod)) {
    problems.push(text);
    const log = crashed ? await lastLines(cluster, pod, crashed, signal) : "";
    if (log) problems.push(`last lines of the log of container "${crashed}":\n${log}`);
  }
  const events = await warningsOf(cluster, pod, signal);
  return [...problems, ...events.filter((event) => !problems.some((problem) => problem.includes(event)))];
}

/** What is wrong with a Pod; `crashed` names a container whose log tells more. */
export interface PodProblem {
  readonly text: string;
  readonly crashed?: string;
}

/** What a Pod's status says is wrong. Being on its way (ContainerCreating, a probe that has not run yet) is no problem. */
export function problemsOfPod(pod: KubeObject): PodProblem[] {
  const scheduled = conditionsOf(pod).get("PodScheduled");
  if (scheduled?.status === "False") return [{ text: `[${scheduled.reason}] ${scheduled.message}` }];
  return ["initContainerStatuses", "containerStatuses", "ephemeralContainerStatuses"]
    .flatMap((list) => mapsAt(pod, "status", list))
    .flatMap(problemsOfContainer);
}

function problemsOfContainer(status: ValueMap): PodProblem[] {
  if (status.ready === true) return [];
  const name = textAt(status, "name");
  const waiting = textAt(status, "state", "waiting", "reason");
  const problems: PodProblem[] = [];
  if (waiting && waiting !== "ContainerCreating" && waiting !== "PodInitializing") {
    const message = textAt(status, "state", "waiting", "message");
    problems.push({ text: `container "${name}": [${waiting}]${message ? ` ${message}` : ""}` });
  }
  for (const state of ["state", "lastState"]) {
    const terminated = at(status, state, "terminated");
    const exitCode = numberAt(terminated, "exitCode");
    if (terminated === undefined || exitCode === 0) continue;
    const message = textAt(terminated, "message");
    const text = `container "${name}" terminated with exit code ${exitCode} (${textAt(terminated, "reason")})${message ? `: ${message}` : ""}`;
    problems.push({ text, crashed: name });
    break;
  }
  return problems;
}

/** How far a Pod has come: its phase and what its containers wait for. */
export function progressOf(pod: KubeObject): string {
  const containers = ["initContainerStatuses", "containerStatuses"]
    .flatMap((list) => mapsAt(pod, "status", list))
    .filter((status) => status.ready !== true)
    .map((status) => {
      const [state = "waiting"] = Object.keys(isMap(status.state) ? status.state : {});
      return `container "${textAt(status, "name")}" ${textAt(status, "state", state, "reason") || state}`;
    });
  return [textAt(pod, "status", "phase") || "Pending", ...containers].join(", ");
}

function isReady(pod: KubeObject): boolean {
  return conditionsOf(pod).get("Ready")?.status === "True" || textAt(pod, "status", "phase") === "Succeeded";
}

/** Pods a workload's selector selects; those that are going are left out. */
async function podsOf(cluster: Cluster, owner: KubeObject, signal: AbortSignal): Promise<KubeObject[]> {
  const labels = at(owner, "spec", "selector", "matchLabels");
  if (labels === undefined) return [];
  const labelSelector = Object.entries(labels ?? {})
    .map(([key, value]) => `${key}=${String(value)}`)
    .join(",");
  const list = await cluster.client.request("GET", `/api/v1/namespaces/${namespaceOf(owner)}/pods`, {
    query: { labelSelector },
    signal,
  });
  return mapsAt(list, "items").filter((pod) => !textAt(pod, "metadata", "deletionTimestamp"));
}

/** Messages of the warning events about an object, newest last, each once. */
async function warningsOf(cluster: Cluster, object: KubeObject, signal: AbortSignal): Promise<string[]> {
  const query = { fieldSelector: `involvedObject.uid=${uidOf(object)},type=Warning` };
  const list = await cluster.client.request("GET", `/api/v1/namespaces/${namespaceOf(object)}/events`, {
    query,
    signal,
  });
  const relevant = mapsAt(list, "items").filter((event) => eventReasons.has(textAt(event, "reason")));
  return [...new Set(relevant.map((event) => textAt(event, "message").trim()))].slice(-3);
}

async function lastLines(cluster: Cluster, pod: KubeObject, container: string, signal: AbortSignal): Promise<string> {
  const path = `/api/v1/namespaces/${namespaceOf(pod)}/pods/${nameOf(pod)}/log`;
  const stop = AbortSignal.any([signal, AbortSignal.timeout(logTimeoutMs)]); // the node may be gone
  for (const previous of ["true", "false"]) {
    try {
      const log = await cluster.client.text(path, {
        query: { container, previous, tailLines: String(logLines) },
        signal: stop,
      });
      if (log.trim()) return log.trimEnd();
    } catch {
      // No such run of the container, or its node does not answer: the exit code has to do.
    }
  }
  return "";
}
