import type { Field } from "./field";

/** Whether a label selector selects what has these labels; an empty one selects everything, one that is missing nothing. */
export function selects(selector: Field, labels: Readonly<Record<string, string>>): boolean {
  if (!selector.isThere) return false;
  const equal = Object.entries(selector.at("matchLabels").texts()).every(([key, value]) => labels[key] === value);
  return (
    equal &&
    selector
      .at("matchExpressions")
      .list()
      .every((expression) => holds(expression, labels))
  );
}

function holds(expression: Field, labels: Readonly<Record<string, string>>): boolean {
  const present = labels[expression.at("key").text() ?? ""];
  const values = expression
    .at("values")
    .list()
    .map((value) => value.text());
  switch (expression.at("operator").text()) {
    case "In":
      return present !== undefined && values.includes(present);
    case "NotIn":
      return present === undefined || !values.includes(present);
    case "Exists":
      return present !== undefined;
    case "DoesNotExist":
      return present === undefined;
    default:
      return false;
  }
}
