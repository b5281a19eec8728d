import {
  containsSecret,
  containsUnknown,
  deepEqual,
  isMap,
  secret,
  stripSecretsOfMap,
  type Value,
  type ValueMap,
} from "../rpc/values";
import {
  annotationOf,
  apiVersionOf,
  at,
  isCustomResourceDefinition,
  isSecret,
  type KubeObject,
  mapsAt,
  textAt,
} from "./objects";

/**
 * What the state keeps of a resource, in the official provider's layout, so that either can go on with the other's state:
 * the live object, and beside it the inputs it came from, the apiVersion it was created with and the name of its field manager.
 */
export interface Checkpoint {
  readonly inputs: KubeObject;
  readonly live: KubeObject;
  readonly initialApiVersion: string;
  readonly fieldManager: string;
}

const inputsKey = "__inputs";
const initialApiVersionKey = "__initialApiVersion";
const fieldManagerKey = "__fieldManager";
const lastAppliedAnnotation = "kubectl.kubernetes.io/last-applied-configuration";

/** Property names the SDKs spell with underscores. */
const dashedKeys = new Set([
  "x-kubernetes-embedded-resource",
  "x-kubernetes-int-or-string",
  "x-kubernetes-list-map-keys",
  "x-kubernetes-list-type",
  "x-kubernetes-map-type",
  "x-kubernetes-preserve-unknown-fields",
  "x-kubernetes-validations",
]);

/** Inputs as a plain object: no secret wrappers, names as Kubernetes spells them. */
export function objectOf(properties: ValueMap): KubeObject {
  return renameKeys(stripSecretsOfMap(properties), (key) => {
    const dashed = key.replaceAll("_", "-");
    return dashedKeys.has(dashed) ? dashed : key;
  }) as KubeObject;
}

/** The state of a resource; what came from a secret of `from` is a secret in it, and all data of a Secret. */
export function checkpointOf({ inputs, live, initialApiVersion, fieldManager }: Checkpoint, from: ValueMap): ValueMap {
  const underscored = (object: KubeObject): ValueMap =>
    renameKeys(object, (key) => (dashedKeys.has(key) ? key.replaceAll("-", "_") : key)) as ValueMap;
  return {
    ...annotateSecrets(underscored(live), from),
    [inputsKey]: annotateSecrets(underscored(inputs), from),
    [initialApiVersionKey]: initialApiVersion,
    [fieldManagerKey]: fieldManager,
  };
}

/** Reads a state back; parts that are missing are empty. */
export function parseCheckpoint(state: ValueMap): Checkpoint {
  const {
    [inputsKey]: inputs,
    [initialApiVersionKey]: _version,
    [fieldManagerKey]: _manager,
    ...live
  } = objectOf(state);
  return {
    inputs: isMap(inputs) ? inputs : {},
    live,
    initialApiVersion: textAt(state, initialApiVersionKey) || apiVersionOf(live),
    fieldManager: textAt(state, fieldManagerKey),
  };
}

/**
 * Copies secretness from `ins` to the values of the same name in `outs`; maps are entered, any other value with a secret in it makes
 * the whole output secret (lists may be reordered). The data of a Secret is secret in any case.
 */
export function annotateSecrets(outs: ValueMap, ins: ValueMap): ValueMap {
  const annotated: ValueMap = {};
  for (const [key, out] of Object.entries(outs)) {
    const input = ins[key] ?? null;
    if (isMap(out) && isMap(input)) annotated[key] = annotateSecrets(out, input);
    else annotated[key] = containsSecret(input) ? secret(out) : out;
  }
  if (textAt(outs, "kind") !== "Secret") return annotated;
  for (const key of ["data", "stringData"]) if (key in annotated) annotated[key] = secret(annotated[key] ?? null);
  // kubectl apply keeps the whole object, data included, in an annotation
  const metadata = annotated.metadata;
  if (isMap(metadata) && annotationOf(outs, lastAppliedAnnotation))
    metadata.annotations = secret(metadata.annotations ?? null);
  return annotated;
}

/** Inputs in the form the API server will give them back: no nulls, no read-only metadata, a Secret's stringData as data. */
export function normalizeInputs(object: KubeObject): KubeObject {
  const normalized = dropNulls(object) as KubeObject;
  const metadata = normalized.metadata;
  if (isMap(metadata)) for (const key of readOnlyMetadata) delete metadata[key];
  if (isSecret(normalized) && !containsUnknown(normalized)) normalizeSecret(normalized);
  if (isCustomResourceDefinition(normalized)) {
    delete normalized.status;
    const spec = normalized.spec;
    if (isMap(spec) && spec.preserveUnknownFields === false) delete spec.preserveUnknownFields;
  }
  return normalized;
}

const readOnlyMetadata = [
  "creationTimestamp",
  "deletionGracePeriodSeconds",
  "deletionTimestamp",
  "generation",
  "managedFields",
  "resourceVersion",
  "uid",
];

/** The API server stores stringData as base64 in data, and reads base64 with line breaks. */
function normalizeSecret(object: KubeObject): void {
  const data = isMap(object.data) ? object.data : {};
  for (const [key, value] of Object.entries(data)) {
    if (typeof value === "string" && isBase64(value)) data[key] = value.replace(/\s/g, "");
  }
  if (!isMap(object.stringData)) return;
  const strings = Object.entries(object.stringData);
  if (!strings.every(([, value]) => typeof value === "string")) return; // for the API server to reject
  for (const [key, value] of strings) data[key] = Buffer.from(String(value), "utf8").toString("base64");
  delete object.stringData;
  if (strings.length > 0) object.data = data;
}

function isBase64(value: string): boolean {
  return /^[A-Za-z0-9+/\s]*={0,2}\s*$/.test(value);
}

/**
 * Inputs after a refresh: what the program gave, with what has drifted since. A value is taken from the live object only if it
 * changed there since the state was written; so what the server never kept, or keeps in another spelling, is no drift.
 */
export function refreshInputs(inputs: KubeObject, before: KubeObject, now: KubeObject): KubeObject {
  return follow(inputs, before, now) as KubeObject;
}

function follow(input: Value, before: Value | undefined, now: Value): Value {
  if (isMap(input) && isMap(now)) {
    const followed: ValueMap = {};
    for (const [key, value] of Object.entries(input)) {
      const [was, is] = [at(before, key), now[key]];
      if (is !== undefined) followed[key] = follow(value, was, is);
      else if (was === undefined) followed[key] = value;
    }
    return followed;
  }
  if (Array.isArray(input) && Array.isArray(now)) {
    const was = Array.isArray(before) ? before : [];
    const kept = input.slice(0, now.length).map((item, index) => follow(item, was[index], now[index] ?? null));
    return [...kept, ...now.slice(Math.max(was.length, input.length))];
  }
  return before !== undefined && deepEqual(before, now) ? input : now;
}

/** Inputs of an object that no program has described yet: all of it but its status and what the server writes into its metadata. */
export function importedInputs(live: KubeObject): KubeObject {
  const { status: _status, ...object } = dropNulls(live) as KubeObject;
  const inputs = normalizeInputs(object);
  const metadata = inputs.metadata;
  if (!isMap(metadata)) return inputs;
  delete metadata.selfLink;
  if (isMap(metadata.annotations)) {
    delete metadata.annotations["deployment.kubernetes.io/revision"];
    delete metadata.annotations[lastAppliedAnnotation];
    if (Object.keys(metadata.annotations).length === 0) delete metadata.annotations;
  }
  return inputs;
}

/**
 * Replaces every secret of `inputs` in a message. The API server quotes values it rejects.
 */
export function redact(message: string, inputs: ValueMap): string {
  let redacted = message;
  for (const text of secretTexts(inputs, false)) redacted = redacted.replaceAll(text, "[secret]");
  return redacted;
}

function secretTexts(value: Value, within: boolean): string[] {
  if (typeof value === "string")
    return within && value.length >= 4 ? [value, Buffer.from(value).toString("base64")] : [];
  if (Array.isArray(value)) return value.flatMap((item) => secretTexts(item, within));
  if (isMap(value)) return Object.values(value).flatMap((item) => secretTexts(item, within));
  return containsSecret(value) ? secretTexts(stripSecretsOfMap({ value }).value ?? null, true) : [];
}

function renameKeys(value: Value, rename: (key: string) => string): Value {
  if (Array.isArray(value)) return value.map((item) => renameKeys(item, rename));
  if (isMap(value))
    return Object.fromEntries(Object.entries(value).map(([key, child]) => [rename(key), renameKeys(child, rename)]));
  if (containsSecret(value)) return secret(renameKeys(stripSecretsOfMap({ value }).value ?? null, rename));
  return value;
}

function dropNulls(value: Value): Value {
  if (Array.isArray(value)) return value.map(dropNulls);
  if (!isMap(value)) return value;
  const entries = Object.entries(value).filter(([, child]) => child !== null);
  return Object.fromEntries(entries.map(([key, child]) => [key, dropNulls(child)]));
}

/** Field managers of the live object that applied or updated it, without those of subresources. */
export function managersOf(live: KubeObject): { manager: string; operation: string }[] {
  return mapsAt(live, "metadata", "managedFields")
    .filter((entry) => !textAt(entry, "subresource"))
    .map((entry) => ({ manager: textAt(entry, "manager"), operation: textAt(entry, "operation") }));
}
