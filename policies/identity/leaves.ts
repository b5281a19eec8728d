import type { Field } from "../kernel/field";

/** A value of an object that holds no others. */
export interface Leaf {
  readonly field: Field;
  /** What it is called: its key; of a pair of `name` and `value` the former's text. */
  readonly name: string;
  /** Whether it is the value of such a pair, as variables are. */
  readonly isVariable: boolean;
  /** The item before it, in a list of texts. */
  readonly before?: string;
}

/** All values of a place, however deep. */
export function leavesOf(field: Field, name = "", isVariable = false): Leaf[] {
  const value = field.isKnown ? field.value : undefined;
  if (Array.isArray(value)) {
    const items = field.list();
    return items.flatMap((item, index) => {
      const before = value[index - 1];
      const leaves = leavesOf(item, name);
      return typeof before === "string" ? leaves.map((leaf) => ({ ...leaf, before })) : leaves;
    });
  }
  if (typeof value !== "object" || value === null) return [{ field, name, isVariable }];
  const paired = field.at("name");
  const variable = paired.isKnown && typeof paired.value === "string" ? paired.value : undefined;
  return field.entries().flatMap(([key, inner]) => {
    if (key !== "value") return leavesOf(inner, key);
    return variable === undefined ? leavesOf(inner, name, isVariable) : leavesOf(inner, variable, true);
  });
}
