import type { Struct as ProtoStruct } from "google-protobuf/google/protobuf/struct_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";

/** A property value as the engine sends it: JSON, with secrets wrapped and values not known at preview marked. */
export type Value = null | boolean | number | string | Unknown | Secret | Value[] | ValueMap;
export interface ValueMap {
  [key: string]: Value;
}

/** A value that must be encrypted in the state and hidden in the output. Never nested in another secret. */
export class Secret {
  constructor(readonly value: Value) {}
}

/** Stands for a value that is only known once the update runs. */
export class Unknown {
  static readonly value = new Unknown();
  private constructor() {}
}

/** Reference to a resource of the stack; `id` is empty for components and while it is not known. */
export interface ResourceReference {
  readonly urn: string;
  readonly id: string;
  readonly packageVersion: string;
}

const signatureKey = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";
const outputSignature = "d0e6a833031e9bbcd3f4e8bde6ca49a4";
const resourceSignature = "5cf8f73096256a8f31e491e813e4eb8e";
const unknownSentinel = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** The properties of a request; an absent struct is an empty map. Outputs become secrets or unknowns, their dependencies are dropped. */
export function decodeProperties(properties: ProtoStruct | undefined): ValueMap {
  return properties ? decodeMap(properties.toJavaScript() as Record<string, unknown>) : {};
}

/** Properties for a response. */
export function encodeProperties(properties: ValueMap): ProtoStruct {
  return Struct.fromJavaScript(encode(properties) as Record<string, never>);
}

/** A resource reference in the form {@link encodeProperties} passes on. */
export function referenceValue(reference: ResourceReference): ValueMap {
  return { [signatureKey]: resourceSignature, ...reference };
}

/** Whether a value is a map, and not one of the markers. */
export function isMap(value: unknown): value is ValueMap {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Secret) &&
    !(value instanceof Unknown)
  );
}

/** The value without any secret wrapper, at any depth; unknowns stay. */
export function stripSecrets(value: Value): Value {
  if (value instanceof Secret) return stripSecrets(value.value);
  return mapChildren(value, stripSecrets);
}

/** {@link stripSecrets} of a map. */
export function stripSecretsOfMap(map: ValueMap): ValueMap {
  return stripSecrets(map) as ValueMap;
}

/** Whether the value is or holds a secret, at any depth. */
export function containsSecret(value: Value): boolean {
  return value instanceof Secret || children(value).some(containsSecret);
}

/** Whether the value is or holds an unknown, at any depth. */
export function containsUnknown(value: Value): boolean {
  if (value instanceof Secret) return containsUnknown(value.value);
  return value instanceof Unknown || children(value).some(containsUnknown);
}

/** A copy in which every direct child has gone through `fn`. */
export function mapChildren(value: Value, fn: (child: Value) => Value): Value {
  if (Array.isArray(value)) return value.map(fn);
  if (isMap(value)) return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, fn(child)]));
  return value;
}

/** A deep copy; maps and lists are new, the markers are shared. */
export function clone<T extends Value>(value: T): T {
  return mapChildren(value, clone) as T;
}

/** Whether two values are the same JSON; the order of keys does not matter. Unknowns equal nothing but unknowns. */
export function deepEqual(a: Value, b: Value): boolean {
  if (a === b) return true;
  if (a instanceof Secret && b instanceof Secret) return deepEqual(a.value, b.value);
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item, index) => deepEqual(item, b[index] ?? null));
  }
  if (!isMap(a) || !isMap(b)) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length && keys.every((key) => key in b && deepEqual(a[key] ?? null, b[key] ?? null))
  );
}

function children(value: Value): Value[] {
  if (Array.isArray(value)) return value;
  return isMap(value) ? Object.values(value) : [];
}

function decode(value: unknown): Value {
  if (value === unknownSentinel) return Unknown.value;
  if (Array.isArray(value)) return value.map(decode);
  if (typeof value !== "object" || value === null) return (value ?? null) as Value;
  const map = value as Record<string, unknown>;
  switch (map[signatureKey]) {
    case secretSignature:
      return secret(decode(map.value));
    case outputSignature: {
      const inner = "value" in map ? decode(map.value) : Unknown.value;
      return map.secret === true ? secret(inner) : inner;
    }
    default: // resource references, assets and archives travel on as they are
      return decodeMap(map);
  }
}

function decodeMap(map: Record<string, unknown>): ValueMap {
  return Object.fromEntries(Object.entries(map).map(([key, value]) => [key, decode(value)]));
}

/** The value as a secret; one that is already is not wrapped again. */
export function secret(value: Value): Secret {
  return value instanceof Secret ? value : new Secret(value);
}

function encode(value: Value): unknown {
  if (value instanceof Unknown) return unknownSentinel;
  if (value instanceof Secret) return { [signatureKey]: secretSignature, value: encode(stripSecrets(value.value)) };
  if (Array.isArray(value)) return value.map(encode);
  if (isMap(value)) return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, encode(child)]));
  return value;
}
