import { setTimeout as sleep } from "node:timers/promises";
import { clone, isMap, type Value, type ValueMap } from "../rpc/values";
import { managersOf } from "./checkpoint";
import { ApiError } from "./client";
import { parsePath } from "./diff";
import { resourcePath, UnknownKindError } from "./discovery";
import {
  annotations,
  at,
  gvkOf,
  isAnnotated,
  isCustomResourceDefinition,
  type KubeObject,
  mapsAt,
  nameOf,
  namespaceOf,
  textAt,
} from "./objects";
import type { Path } from "./replacement";
import { requireCluster, type Session } from "./session";

/** One write to the cluster on behalf of a resource. */
export interface Write {
  readonly urn: string;
  readonly object: KubeObject;
  /** Name under which fields are applied. */
  readonly fieldManager: string;
  /** Ask the server what would happen, change nothing. */
  readonly dryRun: boolean;
}

/** Manager of what was created: plain creation refuses an object that exists, where applying would quietly take it over. */
export const createManager = "pulumi-kubernetes";

const createRetries = 5;

/**
 * Creates an object. What it needs may still be on its way (its namespace, its CustomResourceDefinition), so "not found" is retried.
 * @throws {ApiError} as the server puts it; one that exists already is explained
 */
export async function createObject(session: Session, write: Write): Promise<KubeObject> {
  const { client, discovery } = requireCluster(session);
  for (let attempt = 0; ; attempt++) {
    try {
      if (session.config.upsertExistingObjects) return await applyObject(session, write, undefined);
      const type = await discovery.resourceType(gvkOf(write.object));
      const body = clone(write.object);
      if (!type.namespaced && isMap(body.metadata)) delete body.metadata.namespace;
      return await client.request("POST", resourcePath(type, namespaceOf(body)), {
        body,
        query: { fieldManager: createManager, fieldValidation: "Warn", dryRun: dryRunQuery(write) },
        signal: session.signal,
        onWarning: (warning) => session.log.log("warning", write.urn, warning),
      });
    } catch (error) {
      const missing = error instanceof UnknownKindError || (error instanceof ApiError && error.code === 404);
      if (!missing || write.dryRun || attempt === createRetries) throw explainExisting(error);
      session.log.status("info", write.urn, `Retry #${attempt}; creation failed: ${(error as Error).message}`);
      await sleep(1000 * 2 ** attempt, undefined, { signal: session.signal });
    }
  }
}

function explainExisting(error: unknown): unknown {
  if (!(error instanceof ApiError && error.reason === "AlreadyExists")) return error;
  const help = [
    "The resource already exists in the cluster. This can happen when:",
    "  - Renaming a Pulumi resource: use an alias to preserve the identity, or use deleteBeforeReplace if the resource needs replacement.",
    "  - Adopting a resource into Pulumi: use `pulumi import`, or the `import` resource option.",
    "  - Intentional upsert: set upsertExistingObjects on the provider to let server-side apply update existing objects on create.",
  ];
  return new ApiError(error.code, error.reason, `${error.message}\n\n${help.join("\n")}`, error.details);
}

/**
 * Brings an existing object to its new inputs: server-side apply, or a replacement of the whole for a CustomResourceDefinition.
 * @param live the object as it is in the cluster
 * @throws {ApiError} as the server puts it; a conflict is explained with its remedy
 */
export async function updateObject(
  session: Session,
  write: Write,
  live: KubeObject,
  ignoreChanges: readonly string[],
): Promise<KubeObject> {
  if (isCustomResourceDefinition(write.object)) return replaceObject(session, write, live);
  const owned = write.dryRun ? live : await adoptFields(session, live, write.fieldManager);
  const object = withIgnoredFields(write.object, owned, write.fieldManager, ignoreChanges);
  return applyObject(session, { ...write, object }, owned);
}

async function replaceObject(session: Session, write: Write, live: KubeObject): Promise<KubeObject> {
  const { client, discovery } = requireCluster(session);
  const body = clone(write.object);
  if (isMap(body.metadata)) body.metadata.resourceVersion = textAt(live, "metadata", "resourceVersion");
  return client.request("PUT", await discovery.path(body, nameOf(body)), {
    body,
    query: { fieldManager: write.fieldManager, dryRun: dryRunQuery(write) },
    signal: session.signal,
  });
}

async function applyObject(session: Session, write: Write, live: KubeObject | undefined): Promise<KubeObject> {
  const { client, discovery } = requireCluster(session);
  try {
    return await client.request("PATCH", await discovery.path(write.object, nameOf(live ?? write.object)), {
      body: write.object,
      contentType: "application/apply-patch+yaml",
      query: {
        fieldManager: write.fieldManager,
        force: String(forces(session, write, live)),
        dryRun: dryRunQuery(write),
      },
      signal: session.signal,
      onWarning: (warning) => session.log.log("warning", write.urn, warning),
    });
  } catch (error) {
    if (!(error instanceof ApiError && error.code === 409)) throw error;
    throw new ApiError(
      error.code,
      error.reason,
      `Server-side apply field conflict: the fields that field manager "${write.fieldManager}" applies are held by another. ${error.message}\n` +
        `Leave those fields to the other manager (take them out of the program or list them in ignoreChanges), ` +
        `or take them over with the annotation \`${annotations.patchForce}: "true"\`.`,
    );
  }
}

/** Whether to take fields over from other managers. */
function forces(session: Session, write: Write, live: KubeObject | undefined): boolean {
  if (isAnnotated(write.object, annotations.patchForce) || session.config.enablePatchForce) return true;
  if (live && mapsAt(live, "metadata", "managedFields").length === 0) return true; // written before managers were recorded
  if (!write.dryRun) return false;
  // A preview does not transfer ownership first, so it would conflict with our own creation.
  return (
    !live || managersOf(live).some(({ manager, operation }) => operation === "Update" && ownCreators.includes(manager))
  );
}

const ownCreators = [createManager, "pulumi-kubernetes.exe", "pulumi-resource-kubernetes"];

/** Managers whose fields become ours: those of plain creation, and of kubectl for objects that were imported. */
const adopted: readonly { prefix: string; operation: string }[] = [
  { prefix: "kubectl", operation: "Apply" },
  { prefix: "kubectl", operation: "Update" },
  { prefix: "before-first-apply", operation: "Update" },
  { prefix: "pulumi-kubernetes", operation: "Update" },
  { prefix: "pulumi-resource-kubernetes", operation: "Update" },
];

/** Makes `fieldManager` the owner of the fields that creation or kubectl wrote, so that applying neither conflicts with nor forgets them. */
async function adoptFields(session: Session, live: KubeObject, fieldManager: string): Promise<KubeObject> {
  const managedFields = adoptedFields(mapsAt(live, "metadata", "managedFields"), fieldManager);
  if (!managedFields) return live;
  const { client, discovery } = requireCluster(session);
  const resourceVersion = textAt(live, "metadata", "resourceVersion");
  return client.request("PATCH", await discovery.path(live, nameOf(live)), {
    body: [
      { op: "replace", path: "/metadata/managedFields", value: managedFields },
      { op: "replace", path: "/metadata/resourceVersion", value: resourceVersion },
    ],
    contentType: "application/json-patch+json",
    signal: session.signal,
  });
}

/** managedFields with every adopted entry merged into one of `fieldManager`; undefined if there is nothing to adopt. */
export function adoptedFields(managedFields: readonly ValueMap[], fieldManager: string): ValueMap[] | undefined {
  const isOwn = (entry: ValueMap): boolean =>
    entry.manager === fieldManager && entry.operation === "Apply" && !entry.subresource;
  const isAdopted = (entry: ValueMap): boolean =>
    !entry.subresource &&
    adopted.some(
      ({ prefix, operation }) => entry.operation === operation && textAt(entry, "manager").startsWith(prefix),
    );
  const takenOver = managedFields.filter((entry) => !isOwn(entry) && isAdopted(entry));
  const [first] = takenOver;
  if (!first) return undefined;
  const own = managedFields.find(isOwn);
  const fields: Value[] = [...(own ? [own] : []), ...takenOver].map((entry) => entry.fieldsV1 ?? {});
  const merged = {
    ...(own ?? first),
    manager: fieldManager,
    operation: "Apply",
    fieldsV1: fields.reduce(mergeFields, {}),
  };
  return [...managedFields.filter((entry) => entry !== own && !takenOver.includes(entry)), merged];
}

function mergeFields(a: Value, b: Value): Value {
  if (!isMap(a) || !isMap(b)) return isMap(a) ? a : b;
  const merged = { ...a };
  for (const [key, value] of Object.entries(b))
    merged[key] = key in merged ? mergeFields(merged[key] ?? null, value) : value;
  return merged;
}

/**
 * The object with ignored fields as the cluster has them: left out if another manager alone holds them, else with their live value,
 * since a field that is no longer applied would be removed.
 */
export function withIgnoredFields(
  object: KubeObject,
  live: KubeObject,
  fieldManager: string,
  ignoreChanges: readonly string[],
): KubeObject {
  const result = clone(object);
  for (const path of ignoreChanges.map(parsePath)) {
    const { ours, theirs } = holders(live, fieldManager, path);
    if (theirs && !ours) setAt(result, path, undefined);
    else {
      const value = valueAt(live, path);
      if (value !== undefined) setAt(result, path, value);
    }
  }
  return result;
}

function holders(live: KubeObject, fieldManager: string, path: Path): { ours: boolean; theirs: boolean } {
  const holds = (entry: ValueMap): boolean =>
    path.every((segment) => typeof segment === "string") &&
    at(entry, "fieldsV1", ...path.map((segment) => `f:${segment}`)) !== undefined;
  const entries = mapsAt(live, "metadata", "managedFields").filter(holds);
  return {
    ours: entries.some((entry) => entry.manager === fieldManager),
    theirs: entries.some((entry) => entry.manager !== fieldManager),
  };
}

function valueAt(value: Value | undefined, [segment, ...rest]: Path): Value | undefined {
  if (segment === undefined) return value;
  if (Array.isArray(value) && typeof segment === "number") return valueAt(value[segment], rest);
  return isMap(value) ? valueAt(value[segment], rest) : undefined;
}

/** Sets a value, or removes it when undefined; does nothing where the path does not lead. */
function setAt(root: Value, path: Path, value: Value | undefined): void {
  const [parent, last] = [valueAt(root, path.slice(0, -1)), path.at(-1)];
  if (last === undefined) return;
  if (Array.isArray(parent) && typeof last === "number" && value !== undefined && last < parent.length)
    parent[last] = value;
  if (!isMap(parent)) return;
  if (value === undefined) delete parent[last];
  else parent[last] = value;
}

function dryRunQuery({ dryRun }: Write): string | undefined {
  return dryRun ? "All" : undefined;
}
