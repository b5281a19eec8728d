import type { Field } from "../kernel/field";
import type { KubernetesObject } from "../kernel/object";
import { own } from "../kernel/own";

/** An entry of a ConfigMap or a Secret, which in a pod is a file. */
export interface TextFile {
  readonly name: string;
  readonly field: Field;
  /** In the clear; reading what is not known yet throws. */
  readonly text: () => string;
}

/** Fields of the entries, and whether they are in base64. */
const fields: Readonly<Record<string, readonly (readonly [string, boolean])[]>> = {
  ConfigMap: [
    ["data", false],
    ["binaryData", true],
  ],
  Secret: [
    ["data", true],
    ["stringData", false],
  ],
};

export function textFiles({ kind, root }: KubernetesObject): TextFile[] {
  return (own(fields, kind) ?? []).flatMap(([key, isBase64]) =>
    root
      .at(key)
      .entries()
      .map(([name, field]) => ({
        name,
        field,
        text: () => {
          const text = field.text() ?? "";
          return isBase64 ? Buffer.from(text, "base64").toString() : text;
        },
      })),
  );
}
