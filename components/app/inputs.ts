import * as pulumi from "@pulumi/pulumi";
import { type Fields, fieldsOf, isOpen } from "./template";

/**
 * Looks at an input now if it is known now, so that previews stay concrete, or else when it is.
 * @param isKnown whether enough of it is known; what it says of an Output's value is not asked
 */
export function whenKnown<Result>(
  input: unknown,
  isKnown: (value: unknown) => boolean,
  look: (value: unknown) => Result,
): pulumi.Input<Result> {
  if (isKnown(input)) return look(input);
  const value: pulumi.Output<unknown> = pulumi.output(input);
  return value.apply(look) as pulumi.Output<Result>;
}

/** The value at a path of keys in an object whose parts may be Outputs; undefined where the path ends early. */
export function valueAt(input: unknown, [key, ...rest]: readonly string[]): unknown {
  if (key === undefined) return input;
  return whenKnown(input, isOpen, (value) => valueAt(fieldsOf(value)[key], rest));
}

/** The object with the value at a path of keys changed; all else in it is as it was, what is not known yet too. */
export function changedAt(
  input: unknown,
  [key, ...rest]: readonly string[],
  change: (value: unknown) => unknown,
): unknown {
  if (key === undefined) return change(input);
  return whenKnown(input, isOpen, (value): Fields => {
    return { ...fieldsOf(value), [key]: changedAt(fieldsOf(value)[key], rest, change) };
  });
}
