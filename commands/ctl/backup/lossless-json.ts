/** Both are in Node.js since 22; TypeScript's ES2023 does not know them. */
const { parse, rawJSON } = JSON as unknown as {
  parse(
    text: string,
    reviver: (key: string, value: unknown, context: { readonly source?: string }) => unknown,
  ): unknown;
  rawJSON(text: string): unknown;
};

/** Fewer digits than the largest integer has that a number can tell from its neighbours. */
const manyDigits = /\d{16}/;

/** Reads JSON. Servers count in 64 bits: an integer that a number cannot hold becomes a bigint. @throws SyntaxError if it is no JSON */
export function parseJson(text: string): unknown {
  if (!manyDigits.test(text)) return JSON.parse(text);
  return parse(text, (_key, value, { source = "" }) => {
    const lost = typeof value === "number" && /^-?\d+$/.test(source) && String(value) !== source;
    return lost ? BigInt(source) : value;
  });
}

/** Writes JSON; a bigint as the integer it is. */
export function writeJson(value: unknown, indent?: number): string {
  return JSON.stringify(
    value,
    (_key, part) => (typeof part === "bigint" ? rawJSON(part.toString()) : part) as unknown,
    indent,
  );
}
