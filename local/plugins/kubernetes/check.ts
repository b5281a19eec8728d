import { createHash, randomBytes } from "node:crypto";
import { isMap, Unknown, type ValueMap } from "../rpc/values";
import { annotateSecrets, normalizeInputs, objectOf } from "./checkpoint";
import {
  annotateTrue,
  annotationOf,
  annotations,
  at,
  gvkOfType,
  isAnnotated,
  type KubeObject,
  metadataOf,
  nameOf,
  namespaceOf,
  parseUrn,
  textAt,
} from "./objects";
import type { Session } from "./session";

/** How the engine wants names made: its own proposal, or none at all. */
export interface Autonaming {
  readonly mode: "propose" | "disable";
  readonly proposedName: string;
}

export interface CheckArgs {
  readonly urn: string;
  readonly news: ValueMap;
  /** Inputs of the last update; empty when the resource is new. */
  readonly olds: ValueMap;
  /** Makes the same name in the preview and the update that follows it; empty: random. */
  readonly seed: Uint8Array;
  readonly autonaming?: Autonaming;
}

/**
 * The inputs as they will be sent: normalized, named and in a namespace.
 * @throws {Error} if the type cannot be created, or needs a name and has none
 */
export async function checkInputs(
  session: Session,
  { urn, news, olds, seed, autonaming }: CheckArgs,
): Promise<ValueMap> {
  const { type, name } = parseUrn(urn);
  const gvk = gvkOfType(type);
  if (gvk.kind.endsWith("List") && gvk.kind !== "List" && isMap(news) && "items" in news) {
    throw new Error(
      "list resources exist for compatibility with YAML manifests and Helm charts, and cannot be created directly. Use the underlying resource type instead",
    );
  }
  if (gvk.kind.endsWith("Patch")) {
    throw new Error(
      `the stand-in provider does not support ${type}; install the official one: pulumi plugin install resource kubernetes`,
    );
  }
  const inputs = normalizeInputs(objectOf(news));
  warnOfAnnotations(session, inputs, urn);
  if (Object.keys(olds).length > 0) adoptName(inputs, objectOf(olds));
  else assignName(inputs, name, seed, autonaming);
  if (textAt(inputs, "metadata", "generateName") && !isNamed(inputs)) {
    throw new Error("the `.metadata.generateName` field is not supported in Server-Side Apply mode");
  }
  const metadata = metadataOf(inputs);
  if (
    metadata &&
    !namespaceOf(inputs) &&
    !(metadata.namespace instanceof Unknown) &&
    (await isNamespaced(session, gvk))
  ) {
    metadata.namespace = session.namespace;
  }
  return annotateSecrets(inputs, news);
}

/** Whether the object has a name, known or not. */
export function isNamed(object: KubeObject): boolean {
  const name = at(object, "metadata", "name");
  return name instanceof Unknown || object.metadata instanceof Unknown || nameOf(object) !== "";
}

/** Gives an object that has no name one of its own, `<resource name>-<8 hex digits>`, and marks it so. */
export function assignName(inputs: KubeObject, resourceName: string, seed: Uint8Array, autonaming?: Autonaming): void {
  if (isNamed(inputs) || at(inputs, "metadata", "generateName")) return;
  if (autonaming?.mode === "disable") {
    throw new Error("autonaming is disabled, resource requires the .metadata.name field to be set");
  }
  setName(inputs, autonaming?.proposedName || uniqueName(`${resourceName}-`, seed));
}

/** Keeps the name that was given to the object before. */
export function adoptName(inputs: KubeObject, olds: KubeObject): void {
  if (!isNamed(inputs) && isAnnotated(olds, annotations.autonamed)) setName(inputs, nameOf(olds));
}

function setName(inputs: KubeObject, name: string): void {
  const metadata = metadataOf(inputs);
  if (metadata) metadata.name = name;
  annotateTrue(inputs, annotations.autonamed);
}

/** `prefix` and eight hex digits, the same for the same seed. */
export function uniqueName(prefix: string, seed: Uint8Array): string {
  const bytes = seed.length > 0 ? createHash("sha512").update(prefix).update(seed).digest() : randomBytes(4);
  return prefix + bytes.subarray(0, 4).toString("hex");
}

async function isNamespaced(session: Session, gvk: ReturnType<typeof gvkOfType>): Promise<boolean> {
  const type = await session.cluster?.discovery.find(gvk);
  // Of a kind that no server could be asked about: almost all are namespaced, and creating it will tell.
  return type ? type.namespaced : !clusterScoped.has(gvk.kind);
}

const clusterScoped = new Set([
  ...[
    "APIService",
    "CSIDriver",
    "CSINode",
    "ClusterRole",
    "ClusterRoleBinding",
    "CustomResourceDefinition",
    "IngressClass",
  ],
  ...[
    "MutatingWebhookConfiguration",
    "Namespace",
    "Node",
    "PersistentVolume",
    "PriorityClass",
    "RuntimeClass",
    "StorageClass",
  ],
  ...[
    "ValidatingAdmissionPolicy",
    "ValidatingAdmissionPolicyBinding",
    "ValidatingWebhookConfiguration",
    "VolumeAttachment",
  ],
]);

function warnOfAnnotations(session: Session, inputs: KubeObject, urn: string): void {
  if (annotationOf(inputs, annotations.autonamed)) {
    session.log.log("warning", urn, `ignoring user-specified value for internal annotation "${annotations.autonamed}"`);
  }
  if (/test/.test(annotationOf(inputs, "helm.sh/hook")) && !session.config.suppressHelmHookWarnings) {
    session.log.log(
      "warning",
      urn,
      "This resource contains Helm hooks that are not currently supported by Pulumi. The resource will be created, but any hooks will not be executed.",
    );
  }
}
