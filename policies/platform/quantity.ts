import { type Field, Misshapen } from "../kernel/field";

const pattern = /^([+-]?(?:\d+\.?\d*|\.\d+))(?:([numkMGTPE]|[KMGTPE]i)|[eE]([+-]?\d+))?$/;

const factors: Readonly<Record<string, number>> = {
  ...{ n: 1e-9, u: 1e-6, m: 1e-3, k: 1e3, M: 1e6, G: 1e9, T: 1e12, P: 1e15, E: 1e18 },
  ...{ Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40, Pi: 2 ** 50, Ei: 2 ** 60 },
};

/**
 * An amount as Kubernetes writes it, such as `250m` or `10Gi`; undefined if it is none.
 * @see https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
 */
export function parseQuantity(text: string): number | undefined {
  const [match, digits, suffix, exponent] = pattern.exec(text) ?? [];
  if (match === undefined) return undefined;
  return Number(digits) * (suffix === undefined ? 10 ** Number(exponent ?? 0) : (factors[suffix] ?? Number.NaN));
}

/** The amount that a field holds; undefined for none. */
export function quantityOf(field: Field): number | undefined {
  const { value } = field;
  if (value === undefined || typeof value === "number") return value;
  const amount = typeof value === "string" ? parseQuantity(value) : undefined;
  if (amount === undefined) throw new Misshapen(field, "a quantity, such as 250m or 10Gi");
  return amount;
}
