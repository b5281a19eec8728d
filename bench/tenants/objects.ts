import type { KubernetesObject } from "@kubernetes/client-node";

/** A resource as a stack's state has it, with its secrets in the clear. */
export interface StateResource {
  readonly type: string;
  /** Not made by the stack, only read. */
  readonly external?: boolean;
  readonly inputs?: unknown;
}

/** What marks an object of the state as a secret, whose value is beside it as JSON. */
const secretMark = "4dabf18193072939515e22adb298388d";

/** The Kubernetes objects that a stack has made, as they can be applied by anybody else. */
export function kubernetesObjects(resources: readonly StateResource[]): KubernetesObject[] {
  return resources
    .filter(({ type, external }) => type.startsWith("kubernetes:") && !external)
    .map(({ inputs }) => withoutPulumi(plain(inputs) as KubernetesObject));
}

/** A value of the state with the secrets in it as what they are. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  if (secretMark in value && "plaintext" in value) return plain(JSON.parse(value.plaintext as string));
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, plain(part)]));
}

/** Without what is said to Pulumi only. */
function withoutPulumi(object: KubernetesObject): KubernetesObject {
  const annotations = Object.entries(object.metadata?.annotations ?? {}).filter(
    ([key]) => !key.startsWith("pulumi.com/"),
  );
  return { ...object, metadata: { ...object.metadata, annotations: Object.fromEntries(annotations) } };
}

/** The object of a kind that there is one of, or that of a name. @throws {Error} if there is none */
export function objectOf(objects: readonly KubernetesObject[], kind: string, name?: string): KubernetesObject {
  const found = objects.find(
    (object) => object.kind === kind && (name === undefined || object.metadata?.name === name),
  );
  if (!found) throw new Error(`there is no ${kind}${name ? ` ${name}` : ""} among what a tenant's stack has made`);
  return found;
}
