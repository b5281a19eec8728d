import type { Field } from "./field";
import type { Findings } from "./findings";
import type { KubernetesObject } from "./object";

/**
 * A field that may not be used, as data: {@link refuseFields} looks for it in what a stack makes, `admission/refused-field.ts` says the same in CEL
 * for the API server.
 */
export interface RefusedField {
  /** From the place that has it, such as a container. */
  readonly path: readonly string[];
  /** What is not refused, beside leaving it out: `false` of a flag, 0 of a number, those of {@link allowed} of a text; nothing of an object. */
  readonly type: "flag" | "number" | "text" | "object";
  /** @default none */
  readonly allowed?: readonly string[];
  readonly remedy: string;
}

/** What a message says is accepted. */
export function acceptedOf({ type, allowed = [] }: RefusedField): string {
  if (allowed.length > 0) return `must be ${allowed.map((text) => JSON.stringify(text)).join(" or ")}`;
  return type === "flag" ? "must be false" : "must not be set";
}

/** Finds those of the fields that a place has. */
export function refuseFields(
  object: KubernetesObject,
  place: Field,
  fields: readonly RefusedField[],
  findings: Findings,
): void {
  findings.each(object, fields, (refused) => {
    const field = place.at(...refused.path);
    if (isUsed(field, refused)) findings.add(object, field, acceptedOf(refused), refused.remedy);
  });
}

function isUsed(field: Field, { type, allowed = [] }: RefusedField): boolean {
  if (type === "flag") return field.flag() === true;
  if (field.value === undefined) return false;
  if (type === "text") return !allowed.includes(field.text() ?? "");
  return type !== "number" || field.value !== 0;
}
