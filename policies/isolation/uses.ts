import type { Field } from "../kernel/field";
import { containersOf } from "../kernel/pods";

/** That pods have something by its name. */
export interface Use {
  readonly kind: "Secret" | "SecretProviderClass" | "ServiceAccount";
  /** The name. A pod that names no ServiceAccount has `default`. */
  readonly field: Field;
}

/** Kinds of volumes that log in somewhere by a Secret. */
const withSecretRef = ["cephfs", "flexVolume", "iscsi", "rbd", "scaleIO", "storageos"];

/**
 * The identities that pods have from elsewhere: Secrets of their volumes and variables, their ServiceAccount. Secrets by which the node pulls images are not
 * seen by the pods.
 * @returns groups that are read each by itself, so that one that is not known hides no other
 */
export function usesOf(template: Field): (() => Use[])[] {
  const spec = template.at("spec");
  return [
    () => serviceAccount(spec),
    () => spec.at("volumes").list().flatMap(ofVolume),
    () => containersOf(template).flatMap(ofContainer),
  ];
}

/** None for pods of nobody in particular that have no token either: whoever they are, they cannot say so. */
function serviceAccount(spec: Field): Use[] {
  const [name, formerName] = [spec.at("serviceAccountName"), spec.at("serviceAccount")];
  const field = !name.isThere && formerName.isThere ? formerName : name;
  const isNobody =
    (field.text() || "default") === "default" && spec.at("automountServiceAccountToken").flag() === false;
  return isNobody && !hasToken(spec) ? [] : [{ kind: "ServiceAccount", field }];
}

function hasToken(spec: Field): boolean {
  return spec
    .at("volumes")
    .list()
    .flatMap((volume) => volume.at("projected", "sources").list())
    .some((source) => source.at("serviceAccountToken").isThere);
}

function ofVolume(volume: Field): Use[] {
  const sources = volume.at("projected", "sources").list();
  return [
    ...there("Secret", [
      volume.at("secret", "secretName"),
      volume.at("azureFile", "secretName"),
      volume.at("csi", "nodePublishSecretRef", "name"),
      ...withSecretRef.map((kind) => volume.at(kind, "secretRef", "name")),
      ...sources.map((source) => source.at("secret", "name")),
    ]),
    ...there("SecretProviderClass", [volume.at("csi", "volumeAttributes", "secretProviderClass")]),
  ];
}

function ofContainer(container: Field): Use[] {
  const variables = container.at("env").list();
  const sets = container.at("envFrom").list();
  return there("Secret", [
    ...variables.map((entry) => entry.at("valueFrom", "secretKeyRef", "name")),
    ...sets.map((entry) => entry.at("secretRef", "name")),
  ]);
}

function there(kind: Use["kind"], fields: readonly Field[]): Use[] {
  return fields.filter((field) => field.isThere).map((field) => ({ kind, field }));
}
