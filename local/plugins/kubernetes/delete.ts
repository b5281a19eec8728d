import type { ValueMap } from "../rpc/values";
import { timeoutOf } from "./await";
import { Follower } from "./await/follower";
import { conditionsOf } from "./await/readiness";
import { parseCheckpoint } from "./checkpoint";
import { resourcePath } from "./discovery";
import {
  annotationOf,
  annotations,
  at,
  gvkOf,
  isAnnotated,
  type KubeObject,
  kindOf,
  nameOf,
  namespaceOf,
  parseId,
  uidOf,
} from "./objects";
import { isNotFound, requireReachable } from "./resource";
import type { Session } from "./session";

/** Kinds whose deletion `pulumi.com/skipAwait` does not wait for either. */
const skippable = new Set([
  "Namespace",
  "Pod",
  "ReplicationController",
  "DaemonSet",
  "Deployment",
  "StatefulSet",
  "Job",
]);

const pollMs = 1000;

/**
 * Deletes the object and waits until it is gone, its dependents and finalizers included. One that is gone already is fine.
 * @throws {Error} when time is up or the user cancels; the message names the finalizers in the way
 */
export async function deleteResource(
  session: Session,
  urn: string,
  id: string,
  state: ValueMap,
  timeoutSeconds: number,
): Promise<void> {
  if (!session.cluster && session.config.deleteUnreachable) return;
  const cluster = requireReachable(session);
  const { inputs, live } = parseCheckpoint(state);
  const { name } = parseId(id);
  let path: string;
  let left: KubeObject;
  try {
    path = resourcePath(await cluster.discovery.resourceType(gvkOf(live)), namespaceOf(live));
    const propagationPolicy = propagationOf(inputs);
    const options = { apiVersion: "v1", kind: "DeleteOptions", propagationPolicy };
    await cluster.client.request("DELETE", `${path}/${encodeURIComponent(name)}`, {
      body: options,
      signal: session.signal,
    });
    if (isAnnotated(inputs, annotations.skipAwait) && skippable.has(kindOf(live))) return;
    left = await cluster.client.request("GET", `${path}/${encodeURIComponent(name)}`, { signal: session.signal });
  } catch (error) {
    if (isNotFound(error)) return;
    throw error;
  }
  if (uidOf(live) && uidOf(left) !== uidOf(live)) return; // somebody made a new one meanwhile
  await awaitGone(session, urn, path, left, timeoutOf(inputs, timeoutSeconds));
}

async function awaitGone(
  session: Session,
  urn: string,
  path: string,
  object: KubeObject,
  timeoutSeconds: number,
): Promise<void> {
  const cluster = requireReachable(session);
  const stop = AbortSignal.any([session.signal, AbortSignal.timeout(timeoutSeconds * 1000)]);
  const follower = new Follower(cluster, path, object);
  let [last, shown] = [object, ""];
  try {
    while (follower.current) {
      last = follower.current;
      const progress = remaining(last);
      if (progress !== shown) session.log.status("info", urn, progress);
      shown = progress;
      await follower.changed(pollMs, stop);
    }
    session.log.status("info", urn, "");
  } catch (error) {
    if (!stop.aborted) throw error;
    const verb = session.signal.aborted ? "cancelled" : `timed out after ${timeoutSeconds} s`;
    throw new Error(`deletion of ${kindOf(last)} '${nameOf(last)}' ${verb}: ${remaining(last)}`);
  } finally {
    follower.stop();
  }
}

/** What a deletion waits for: dependents, the content of a namespace, finalizers somebody must remove. */
export function remaining(object: KubeObject): string {
  const finalizers = [at(object, "metadata", "finalizers"), at(object, "spec", "finalizers")]
    .flatMap((list) => (Array.isArray(list) ? list : []))
    .map(String);
  const content = [...conditionsOf(object)]
    .filter(([type, { status }]) => status === "True" && /^Namespace(Content|Finalizers|Deletion)/.test(type))
    .map(([, { message }]) => message);
  const foreign = finalizers.filter((finalizer) => finalizer !== "foregroundDeletion" && finalizer !== "kubernetes");
  const waiting = [
    ...(finalizers.includes("foregroundDeletion") ? ["its dependents are being deleted"] : []),
    ...content,
    ...(foreign.length > 0 ? [`finalizers might be preventing deletion (${foreign.join(", ")})`] : []),
  ];
  return waiting.join("; ") || "Resource scheduled for deletion";
}

function propagationOf(inputs: KubeObject): "Foreground" | "Background" | "Orphan" {
  switch (annotationOf(inputs, annotations.deletionPropagationPolicy).toLowerCase()) {
    case "orphan":
      return "Orphan";
    case "background":
      return "Background";
    default:
      return "Foreground";
  }
}
