import type { ValueMap } from "../../rpc/values";
import { at, type KubeObject, mapsAt, nameOf, namespaceOf, numberAt, textAt, uidOf } from "../objects";
import type { Cluster } from "../session";
import { conditionsOf } from "./readiness";

const logLines = 5;
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
 */
export async function podProblems(cluster: Cluster, owner: KubeObject, signal: AbortSignal): Promise<string[]> {
  const pods = await podsOf(cluster, owner, signal);
  const ownEvents = await warningsOf(cluster, owner, signal);
  const problems: string[] = ownEvents.map((event) => `[${textAt(owner, "kind")} ${nameOf(owner)}]: ${event}`);
  for (const pod of pods) {
    if (uidOf(pod) === uidOf(owner)) problems.length = 0;
    const found = problemsOfPod(pod);
    const name = `[Pod ${namespaceOf(pod)}/${nameOf(pod)}]: `;
    problems.push(...found.map((problem) => name + problem.text));
    for (const { crashed } of found) {
      const log = crashed && (await lastLines(cluster, pod, crashed, signal));
      if (log) problems.push(`${name}last lines of the log of container "${crashed}":\n${log}`);
    }
    if (!isReady(pod)) {
      const events = await warningsOf(cluster, pod, signal);
      problems.push(
        ...events.filter((event) => !found.some(({ text }) => text.includes(event))).map((event) => name + event),
      );
    }
  }
  return [...new Set(problems)];
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

function isReady(pod: KubeObject): boolean {
  return conditionsOf(pod).get("Ready")?.status === "True" || textAt(pod, "status", "phase") === "Succeeded";
}

/** Pods a workload's selector selects, a Pod itself; those that are going are left out. */
async function podsOf(cluster: Cluster, owner: KubeObject, signal: AbortSignal): Promise<KubeObject[]> {
  if (textAt(owner, "kind") === "Pod") return [owner];
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
  for (const previous of ["true", "false"]) {
    try {
      const log = await cluster.client.text(path, {
        query: { container, previous, tailLines: String(logLines) },
        signal,
      });
      if (log.trim()) return log.trimEnd();
    } catch {
      // No such run of the container, or its node does not answer: the exit code has to do.
    }
  }
  return "";
}
