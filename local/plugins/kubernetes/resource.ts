import { PartialFailure } from "../rpc/server";
import { containsUnknown, type ValueMap } from "../rpc/values";
import { createObject, updateObject } from "./apply";
import { awaitReady, NotReadyError, requireReady } from "./await";
import { jobReadiness } from "./await/readiness";
import { uniqueName } from "./check";
import {
  annotateSecrets,
  type Checkpoint,
  checkpointOf,
  importedInputs,
  normalizeInputs,
  objectOf,
  parseCheckpoint,
  redact,
  refreshInputs,
} from "./checkpoint";
import { ApiError } from "./client";
import { diffObjects, hasFixedName, type ObjectDiff } from "./diff";
import { UnknownKindError } from "./discovery";
import {
  annotationOf,
  annotations,
  apiVersionFor,
  apiVersionOf,
  gvkOf,
  gvkOfType,
  idOf,
  isAnnotated,
  type KubeObject,
  kindOf,
  nameOf,
  parseId,
  parseUrn,
} from "./objects";
import { requireCluster, type Session } from "./session";

/** Id and state of a resource; an empty id: not there. */
export interface ResourceState {
  readonly id: string;
  readonly state: ValueMap;
}

interface Operation {
  readonly urn: string;
  readonly preview: boolean;
  /** Seconds of customTimeouts, 0 for none. */
  readonly timeoutSeconds: number;
}

/** What an update from the inputs of the state to new ones would do. */
export async function diffResource(
  session: Session,
  olds: ValueMap,
  state: ValueMap,
  news: ValueMap,
  ignoreChanges: readonly string[],
  urn: string,
): Promise<ObjectDiff> {
  const { inputs, live } = parseCheckpoint(state);
  // The engine hands over the old inputs; a state written by an old engine has them only inside.
  const before = normalizeInputs(Object.keys(olds).length > 0 ? objectOf(olds) : inputs);
  const after = normalizeInputs(objectOf(news));
  const diff = diffObjects(before, after, { ...session.config, ignoreChanges });
  if (!(await mustReplaceUnready(session, after, live, urn))) return diff;
  const path = `metadata.annotations["${annotations.replaceUnready}"]`;
  return {
    ...diff,
    replaces: [...diff.replaces, path],
    deleteBeforeReplace: diff.deleteBeforeReplace || hasFixedName(after, live),
  };
}

/** Whether the annotation `pulumi.com/replaceUnready` asks to replace a Job that has not succeeded. */
async function mustReplaceUnready(
  session: Session,
  inputs: KubeObject,
  live: KubeObject,
  urn: string,
): Promise<boolean> {
  if (!isAnnotated(inputs, annotations.replaceUnready)) return false;
  if (kindOf(inputs) !== "Job" || !session.cluster) {
    session.log.log(
      "warning",
      urn,
      session.cluster
        ? "replaceUnready annotation is not supported for this resource"
        : "Cluster is unreachable, skipping replaceUnready check",
    );
    return false;
  }
  const { client, discovery } = session.cluster;
  const job = await client
    .request("GET", await discovery.path(live, nameOf(live)), { signal: session.signal })
    .catch(() => undefined);
  return job !== undefined && !jobReadiness(job).ready;
}

/** Creates the object and waits until it is ready; at preview asks the server what it would be. */
export async function createResource(session: Session, news: ValueMap, operation: Operation): Promise<ResourceState> {
  const { urn, preview } = operation;
  const inputs = normalizeInputs(objectOf(news));
  if (preview && (containsUnknown(inputs) || !(await isServed(session, inputs)))) return { id: "", state: news };
  requireCluster(session);
  const checkpoint = { inputs, initialApiVersion: apiVersionOf(inputs), fieldManager: fieldManagerOf(inputs, "") };
  let live: KubeObject;
  try {
    live = await createObject(session, { urn, object: inputs, fieldManager: checkpoint.fieldManager, dryRun: preview });
  } catch (error) {
    if (preview && isTolerable(error)) return { id: "", state: news };
    throw failure(error, news, (message) => createFailure(error, urn, message));
  }
  if (preview) return { id: "", state: checkpointOf({ ...checkpoint, live: withoutStatus(live) }, news) };
  return {
    id: idOf(live),
    state: checkpointOf({ ...checkpoint, live: await ready(session, operation, live, checkpoint, news, true) }, news),
  };
}

/** Applies new inputs to the object and waits until it is ready; at preview asks the server what it would be. */
export async function updateResource(
  session: Session,
  olds: ValueMap,
  news: ValueMap,
  operation: Operation & { readonly ignoreChanges: readonly string[] },
): Promise<ValueMap> {
  const { urn, preview } = operation;
  const inputs = normalizeInputs(objectOf(news));
  if (preview && (containsUnknown(inputs) || !(await isServed(session, inputs)))) return news;
  const { client, discovery } = requireCluster(session);
  const old = parseCheckpoint(olds);
  const checkpoint = {
    inputs,
    initialApiVersion: old.initialApiVersion,
    fieldManager: fieldManagerOf(inputs, old.fieldManager),
  };
  let live: KubeObject;
  try {
    const before = await client.request("GET", await discovery.path(inputs, nameOf(old.live)), {
      signal: session.signal,
    });
    const write = { urn, object: inputs, fieldManager: checkpoint.fieldManager, dryRun: preview };
    live = await updateObject(session, write, before, operation.ignoreChanges);
    if (!preview && old.fieldManager && old.fieldManager !== checkpoint.fieldManager)
      await relinquish(session, live, old.fieldManager);
  } catch (error) {
    if (preview && error instanceof ApiError && error.reason === "Forbidden") return news;
    throw failure(error, news, (message) => `update of resource "${urn}" failed: ${message}`);
  }
  if (preview) return checkpointOf({ ...checkpoint, live }, news);
  return checkpointOf({ ...checkpoint, live: await ready(session, operation, live, checkpoint, news, false) }, news);
}

/**
 * The object as it is now, with the inputs that describe it: those of the state plus what has drifted, or all of the object if there
 * is no state yet (import, get).
 */
export async function readResource(
  session: Session,
  id: string,
  urn: string,
  olds: ValueMap,
  oldInputs: ValueMap,
): Promise<ResourceState & { inputs: ValueMap }> {
  const gone = { id: "", state: {}, inputs: {} };
  if (!session.cluster && session.config.deleteUnreachable) return gone;
  const { client, discovery } = requireReachable(session);
  const { namespace, name } = parseId(id);
  if (!name) throw new Error(`"${id}" is not an id: <namespace>/<name> is, or <name> outside namespaces`);
  const old = parseCheckpoint(olds);
  const described = objectOf(oldInputs);
  const isNew = Object.keys(described).length === 0 || Object.keys(old.live).length === 0;
  const gvk = gvkOfType(parseUrn(urn).type);
  const identity: KubeObject = {
    apiVersion: apiVersionOf(described) || apiVersionOf(old.live) || apiVersionFor(gvk),
    kind: gvk.kind,
    metadata: { namespace, name },
  };
  let live: KubeObject;
  try {
    live = await client.request("GET", await discovery.path(identity, name), { signal: session.signal });
  } catch (error) {
    if (isNotFound(error)) return gone;
    throw error;
  }
  const inputs = isNew ? importedInputs(live) : refreshInputs(normalizeInputs(described), old.live, live);
  const checkpoint = {
    inputs,
    live,
    initialApiVersion: old.initialApiVersion || apiVersionOf(live),
    fieldManager: fieldManagerOf(inputs, old.fieldManager),
  };
  const state = checkpointOf(checkpoint, oldInputs);
  const withSecrets = annotateSecrets(inputs, oldInputs);
  try {
    if (!isNew) await requireReady(session, inputs, live);
  } catch (error) {
    if (!(error instanceof NotReadyError)) throw error;
    throw new PartialFailure(id, error.message, [error.message, ...error.reasons], state, withSecrets);
  }
  return { id, state, inputs: withSecrets };
}

/** Waits for an object that was written; a failure keeps what was written in the state. */
async function ready(
  session: Session,
  { urn, timeoutSeconds }: Operation,
  live: KubeObject,
  checkpoint: Omit<Checkpoint, "live">,
  news: ValueMap,
  created: boolean,
): Promise<KubeObject> {
  try {
    return await awaitReady(session, { urn, inputs: checkpoint.inputs, live, timeoutSeconds });
  } catch (error) {
    const last = error instanceof NotReadyError ? error.live : live;
    const [reason, ...reasons] = [
      error instanceof Error ? error.message : String(error),
      ...(error instanceof NotReadyError ? error.reasons : []),
    ];
    const message = created
      ? `resource "${urn}" was successfully created, but the Kubernetes API server reported that it failed to fully initialize or become live: ${reason}`
      : `the Kubernetes API server reported that "${idOf(last)}" failed to fully initialize or become live: ${reason}`;
    const state = checkpointOf({ ...checkpoint, live: last }, news);
    throw new PartialFailure(
      idOf(last),
      redact(message, news),
      [message, ...reasons].map((text) => redact(text, news)),
      state,
    );
  }
}

/** Gives up every field a former manager name applied. */
async function relinquish(session: Session, live: KubeObject, fieldManager: string): Promise<void> {
  const { client, discovery } = requireCluster(session);
  const { apiVersion, kind } = live;
  await client.request("PATCH", await discovery.path(live, nameOf(live)), {
    body: { apiVersion, kind, metadata: { name: nameOf(live) } },
    contentType: "application/apply-patch+yaml",
    query: { fieldManager },
    signal: session.signal,
  });
}

/** @throws {Error} if the cluster is unreachable, with the way to forget its resources */
export function requireReachable(session: Session): ReturnType<typeof requireCluster> {
  if (session.cluster) return session.cluster;
  throw new Error(
    `configured Kubernetes cluster is unreachable: ${session.unreachable}\n` +
      'If the cluster was deleted, you can remove this resource from Pulumi state by rerunning the operation with the PULUMI_K8S_DELETE_UNREACHABLE environment variable set to "true"',
  );
}

/** Whether the object, or all objects of its kind, are gone. */
export function isNotFound(error: unknown): boolean {
  return error instanceof UnknownKindError || (error instanceof ApiError && error.code === 404);
}

async function isServed(session: Session, object: KubeObject): Promise<boolean> {
  return (await session.cluster?.discovery.find(gvkOf(object))) !== undefined;
}

/** Errors of a dry run that say nothing about the update: what the object needs, or replaces, is not as it will be by then. */
function isTolerable(error: unknown): boolean {
  if (!(error instanceof ApiError)) return false;
  if (error.reason === "NotFound") return error.details.kind === "namespaces";
  return (
    error.reason === "Forbidden" ||
    error.reason === "AlreadyExists" ||
    /does not support dry run|dryRun \w+ feature is disabled/.test(error.message)
  );
}

function createFailure(error: unknown, urn: string, message: string): string {
  if (error instanceof UnknownKindError) {
    const { type } = parseUrn(urn);
    return `creation of resource "${urn}" with kind ${type} failed because the Kubernetes API server reported that the apiVersion for this resource does not exist. Verify that any required CRDs have been created: ${message}`;
  }
  return `resource "${urn}" was not successfully created by the Kubernetes API server: ${message}`;
}

function failure(error: unknown, inputs: ValueMap, describe: (message: string) => string): Error {
  return new Error(redact(describe(error instanceof Error ? error.message : String(error)), inputs));
}

function fieldManagerOf(inputs: KubeObject, recorded: string): string {
  return (
    annotationOf(inputs, annotations.patchFieldManager) ||
    recorded ||
    uniqueName("pulumi-kubernetes-", new Uint8Array())
  );
}

function withoutStatus({ status: _status, ...object }: KubeObject): KubeObject {
  return object;
}
