/**
 * Parts of CEL, the language in which the API server is told what to refuse.
 * @see https://kubernetes.io/docs/reference/using-api/cel/
 */

/** Words that CEL, or Kubernetes in it, does not take as the name of a field. */
const reserved = ["in", "as", "break", "const", "continue", "else", "for", "function", "if", "import", "let", "loop"];
const alsoReserved = ["package", "namespace", "return", "var", "void", "while", "true", "false", "null"];

/** A text, as CEL writes it. */
export function text(value: string): string {
  return `'${value.replace(/[\\']/g, "\\$&").replace(/\n/g, "\\n")}'`;
}

/** A list of texts. */
export function texts(values: readonly string[]): string {
  return `[${values.map(text).join(", ")}]`;
}

/** A field that may be missing, as an optional value; so may every field on the way to it. */
export function optional(place: string, ...path: readonly string[]): string {
  const isName = (key: string) => /^[a-zA-Z_]\w*$/.test(key) && ![...reserved, ...alsoReserved].includes(key);
  return path.reduce((field, key) => (isName(key) ? `${field}.?${key}` : `${field}[?${text(key)}]`), place);
}

/** A field, or something else where it is missing. */
export function fieldOr(fallback: string, place: string, ...path: readonly string[]): string {
  return `${optional(place, ...path)}.orValue(${fallback})`;
}

/** The items of a list, none where it is missing. */
export function items(place: string, ...path: readonly string[]): string {
  return fieldOr("[]", place, ...path);
}

/** All of the conditions. */
export function all(...conditions: readonly string[]): string {
  return conditions.map((condition) => `(${condition})`).join(" && ");
}

/** At least one of the conditions. */
export function any(...conditions: readonly string[]): string {
  return conditions.map((condition) => `(${condition})`).join(" || ");
}
