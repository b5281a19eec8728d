import { z } from "zod";
import { ConfigError, type ConfigProblem } from "./config-error";

/** Keys that no other kind of stack may have than the one that has them, and why. */
const otherKinds: Readonly<Record<string, string>> = {
  auth: "is of a workstation's stack alone, as a part of nats-platform:workstation: everywhere else users have creds, and passwords are refused; take it out",
};

/** How {@link parseConfig} checks and reports. */
export interface ParseOptions<C> {
  /** What is wrong with values that are each right by themselves, but not together; keys that are wrong by themselves have their defaults there. */
  readonly together?: (config: C, wrong: ReadonlySet<string>) => ConfigProblem[];
  /** Keys whose values are never shown. @default none */
  readonly secretKeys?: ReadonlySet<string>;
  /** Key that all keys are parts of, for messages. @default none: they are keys of their own */
  readonly parent?: string;
}

/**
 * Checks configuration against a schema: types, ranges, unknown keys, and what values mean together.
 * What the latter need of a value that is wrong by itself is taken from its default, so that all is told at once.
 * @param raw value by key; what is not a string in the schema may be given as JSON text, as Pulumi keeps it
 * @throws {ConfigError} with every problem
 */
export function parseConfig<S extends z.ZodObject>(
  schema: S,
  raw: Readonly<Record<string, unknown>>,
  { together = () => [], secretKeys = new Set(), parent }: ParseOptions<z.output<S>>,
): z.output<S> {
  const values = Object.fromEntries(Object.entries(raw).map(([key, value]) => [key, fromText(schema, key, value)]));
  const result = schema.safeParse(values);
  const issues = result.success ? [] : result.error.issues;
  const wrong = new Set(
    issues.flatMap((issue) =>
      issue.code === "unrecognized_keys" && issue.path.length === 0 ? issue.keys : [String(issue.path[0])],
    ),
  );
  const rest = schema.safeParse(Object.fromEntries(Object.entries(values).filter(([key]) => !wrong.has(key))));
  const wrongValues = issues.flatMap((issue) => problemsOf(schema, issue, values, secretKeys));
  const problems = [
    ...wrongValues,
    ...lostKeys(values).filter(({ key }) => !wrongValues.some((problem) => problem.key === key)),
    // Without a default for what is wrong, what values mean together cannot be told.
    ...(rest.success ? together(rest.data, wrong) : []),
  ];
  if (problems.length > 0 || !rest.success) {
    throw new ConfigError(problems.map((problem) => ({ ...problem, key: under(parent, problem.key) })));
  }
  return rest.data;
}

/** Names that a schema drops without a word, wherever they are. */
function lostKeys(value: unknown, parent = ""): ConfigProblem[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, part]) => {
    const key = Array.isArray(value) ? `${parent}[${name}]` : under(parent, name);
    return name === "__proto__"
      ? [{ key, reason: "is no name that anything may have; take another" }]
      : lostKeys(part, key);
  });
}

/** A value as Pulumi hands it over, which is as text: numbers, booleans and objects are JSON there. */
export function fromText(schema: z.ZodObject, key: string, value: unknown): unknown {
  const field: unknown = schema.shape[key];
  if (typeof value !== "string" || !field || acceptsText(field as z.ZodType)) return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

function acceptsText(field: z.ZodType): boolean {
  const inner = field instanceof z.ZodDefault || field instanceof z.ZodOptional ? field.unwrap() : field;
  if (inner instanceof z.ZodPipe) return acceptsText(inner.in as z.ZodType);
  if (inner !== field) return acceptsText(inner as z.ZodType);
  return inner instanceof z.ZodString || inner instanceof z.ZodEnum || inner instanceof z.ZodURL;
}

function problemsOf(
  schema: z.ZodObject,
  issue: z.core.$ZodIssue,
  values: Record<string, unknown>,
  secretKeys: ReadonlySet<string>,
): ConfigProblem[] {
  const key = pathText(issue.path);
  if (issue.code === "unrecognized_keys") {
    const known = Object.keys(schema.shape);
    const accepted =
      issue.path.length === 0 ? `known keys are ${known.join(", ")}` : "see its description in Pulumi.yaml";
    return issue.keys.map((name) => ({
      key: under(key, name),
      reason: (Object.hasOwn(otherKinds, name) ? otherKinds[name] : undefined) ?? `unknown key; ${accepted}`,
    }));
  }
  const found = issue.path.reduce<unknown>(
    (value, step) => (value as Record<PropertyKey, unknown> | undefined)?.[step],
    values,
  );
  return [
    {
      key,
      value: secretKeys.has(key) || found === undefined ? undefined : JSON.stringify(found),
      reason: found === undefined ? "is missing" : issue.message,
    },
  ];
}

function pathText(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === "number") return `${text}[${step}]`;
    return under(text, String(step));
  }, "");
}

function under(parent: string | undefined, key: string): string {
  return parent ? `${parent}.${key}` : key;
}
