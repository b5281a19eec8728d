/** A field that has another value than before. */
export interface FieldChange {
  /** Such as `spec.template.spec.containers[0].image`. */
  readonly path: string;
  /** Undefined where it was missing. */
  readonly before?: unknown;
  /** Undefined where it is gone. */
  readonly after?: unknown;
}

/** The fields in which two values differ: of maps and lists the innermost that are on both sides, or on one. */
export function differences(before: unknown, after: unknown, path = ""): FieldChange[] {
  if (isMap(after) && (isMap(before) || before === undefined)) {
    const keys = new Set([...Object.keys(before ?? {}), ...Object.keys(after)]);
    return [...keys].flatMap((key) => differences(before?.[key], after[key], path === "" ? key : `${path}.${key}`));
  }
  if (Array.isArray(before) && Array.isArray(after) && before.length === after.length) {
    return after.flatMap((item, index) => differences(before[index], item, `${path}[${index}]`));
  }
  return JSON.stringify(before) === JSON.stringify(after) ? [] : [{ path, before, after }];
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
