import { type Field, Misshapen } from "./field";

/** Labels that a controller gives pods beside those of the template. They differ from pod to pod, so who selects by them does not select all. */
const addedLabels = [
  "apps.kubernetes.io/pod-index",
  "statefulset.kubernetes.io/pod-name",
  "controller-revision-hash",
  "pod-template-hash",
];

/**
 * Whether a label selector selects all pods of a template. Nothing selects none, an empty map all.
 * @param labels of the template
 * @see https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/
 */
export function selects(selector: Field, labels: Readonly<Record<string, string>>): boolean {
  if (selector.value === undefined) return false;
  const wanted = Object.entries(selector.at("matchLabels").texts());
  const expressions = selector.at("matchExpressions").list();
  return (
    wanted.every(([key, value]) => labels[key] === value) &&
    expressions.every((expression) => satisfies(expression, labels))
  );
}

/** Whether a label selector is empty, and so selects whatever pods there are. */
export function selectsAll(selector: Field): boolean {
  const isEmpty = () =>
    selector.at("matchLabels").entries().length + selector.at("matchExpressions").list().length === 0;
  return selector.value !== undefined && isEmpty();
}

function satisfies(expression: Field, labels: Readonly<Record<string, string>>): boolean {
  const key = expression.at("key").text() ?? "";
  const operator = expression.at("operator");
  const values = expression.at("values").list();
  const isOneOf = () => values.some((value) => value.text() === labels[key]);
  const isKept = !addedLabels.includes(key);
  switch (operator.text()) {
    case "In":
      return key in labels && isOneOf();
    case "NotIn":
      return isKept && !(key in labels && isOneOf());
    case "Exists":
      return key in labels;
    case "DoesNotExist":
      return isKept && !(key in labels);
    default:
      throw new Misshapen(operator, "In, NotIn, Exists or DoesNotExist");
  }
}
