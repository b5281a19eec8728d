import type { Options, PositionalOptions } from "yargs";

/** What the values of arguments and options are, as they are declared. */
type Declared = Readonly<Record<string, Pick<Options | PositionalOptions, "type" | "array">>>;

/** What is wrong with values that yargs takes as they come: nothing where there should be something, or two where there is one. Undefined for nothing. */
export function callProblem(values: Readonly<Record<string, unknown>>, declared: Declared): string | undefined {
  for (const [name, { array, type }] of Object.entries(declared)) {
    const value = values[name];
    const option = `--${name}`;
    if (!array && Array.isArray(value)) return `${option} is given ${value.length} times; it takes one value`;
    if ([value].flat().includes("")) return `${option} is empty; give it a value, or leave it out`;
    if (type === "number" && Number.isNaN(value)) return `${option} must be a number`;
  }
  return undefined;
}

/** Whether arguments ask for JSON, also where they are so wrong that they cannot be parsed. */
export function asksForJson(args: readonly string[]): boolean {
  const last = args.findLastIndex((arg) => arg === "--json" || arg.startsWith("--json="));
  return last >= 0 && args[last] !== "--json=false" && !(args[last] === "--json" && args[last + 1] === "false");
}
