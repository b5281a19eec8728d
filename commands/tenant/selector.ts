import type { V1LabelSelector } from "@kubernetes/client-node";

/**
 * Whether a Kubernetes label selector selects what carries these labels.
 * @see https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors
 */
export function selects(
  { matchLabels = {}, matchExpressions = [] }: Pick<V1LabelSelector, "matchLabels" | "matchExpressions">,
  labels: Readonly<Record<string, string>>,
): boolean {
  const equal = Object.entries(matchLabels).every(([label, value]) => labels[label] === value);
  return (
    equal &&
    matchExpressions.every(({ key, operator, values = [] }) => {
      const value = labels[key];
      const listed = value !== undefined && values.includes(value);
      switch (operator) {
        case "In":
          return listed;
        case "NotIn":
          return !listed;
        case "Exists":
          return value !== undefined;
        default:
          return value === undefined;
      }
    })
  );
}
