import { isMap, type Value } from "../../rpc/values";
import { at, type KubeObject, numberAt } from "../objects";
import { conditionsOf, type Readiness } from "./readiness";

/**
 * Readiness as the annotation `pulumi.com/waitFor` puts it: `condition=Type`, `condition=Type=Value`, `jsonpath={.path}`,
 * `jsonpath={.path}=value`, or a JSON list of these, all of which must hold.
 * @throws {Error} if an expression is malformed; the message quotes it
 */
export function parseWaitFor(annotation: string): Readiness {
  const conditions = expressionsOf(annotation).map(parseExpression);
  return (object) => {
    const generation = numberAt(object, "metadata", "generation");
    const observed = at(object, "status", "observedGeneration");
    if (typeof observed === "number" && observed < generation)
      return { ready: false, progress: "Waiting for the controller" };
    const open = conditions.filter((condition) => !condition.holds(object));
    return {
      ready: open.length === 0,
      progress: `Waiting for ${open.map((condition) => condition.text).join(", ")}`,
      problems: open.map((condition) => `${condition.text} does not hold`),
    };
  };
}

interface Condition {
  readonly text: string;
  holds(object: KubeObject): boolean;
}

function expressionsOf(annotation: string): string[] {
  if (!annotation.trim().startsWith("[")) return [annotation];
  const list: unknown = JSON.parse(annotation);
  if (Array.isArray(list) && list.length > 0 && list.every((item) => typeof item === "string")) return list;
  throw new Error(`pulumi.com/waitFor: a list must hold at least one condition, each a string; got ${annotation}`);
}

function parseExpression(text: string): Condition {
  if (text.startsWith("condition=")) {
    const [, type = "", status = "True"] = text.split("=");
    if (!type) throw new Error(`pulumi.com/waitFor: "${text}" names no condition`);
    return { text, holds: (object) => conditionsOf(object).get(type)?.status === status };
  }
  const match = /^jsonpath=\{\s*(.*?)\s*\}(?:=(.+))?$/s.exec(text);
  if (!match) {
    const accepted = `"condition=Type", "condition=Type=Value", "jsonpath={.path}" or "jsonpath={.path}=value"`;
    throw new Error(`pulumi.com/waitFor: "${text}" is not accepted; ${accepted} is`);
  }
  const [, path = "", expected] = match;
  const select = parseJsonPath(path);
  return {
    text,
    holds: (object) => {
      const [first] = select(object);
      if (first === undefined) return false;
      return expected === undefined || (typeof first !== "object" && String(first) === expected);
    },
  };
}

type Step = (value: Value) => Value[];

/**
 * A JSONPath as far as conditions need it: `.name`, `['name']`, `[0]`, `[*]`, `[?(@.name=='value')]` (and `!=`), with or without `$`.
 * @throws {Error} at the first thing it does not know
 */
export function parseJsonPath(path: string): (root: Value) => Value[] {
  const steps: Step[] = [];
  const token =
    /\.([\w-]+)|\['([^']*)'\]|\["([^"]*)"\]|\[(-?\d+)\]|\.?\[?(\*)\]?|\[\?\(?\s*@\.([\w.-]+)\s*(==|!=)\s*(?:'([^']*)'|"([^"]*)"|([\w.-]+))\s*\)?\]/y;
  token.lastIndex = path.startsWith("$") ? 1 : 0;
  while (token.lastIndex < path.length) {
    const start = token.lastIndex;
    const match = token.exec(path);
    if (!match) throw new Error(`pulumi.com/waitFor: cannot read "${path.slice(start)}" in the path "${path}"`);
    const [, plain, single, double, index, star, filtered, operator, ...literals] = match;
    const name = plain ?? single ?? double;
    if (name !== undefined) steps.push((value) => defined(at(value, name)));
    else if (index !== undefined) steps.push((value) => (Array.isArray(value) ? defined(value.at(Number(index))) : []));
    else if (star !== undefined) steps.push(itemsOf);
    else {
      const literal = literals.find((text) => text !== undefined) ?? "";
      const field = (filtered ?? "").split(".");
      steps.push((value) =>
        itemsOf(value).filter((item) => (String(at(item, ...field)) === literal) === (operator === "==")),
      );
    }
  }
  return (root) => steps.reduce<Value[]>((values, step) => values.flatMap(step), [root]);
}

function itemsOf(value: Value): Value[] {
  if (Array.isArray(value)) return value;
  return isMap(value) ? Object.values(value) : [];
}

function defined(value: Value | undefined): Value[] {
  return value === undefined ? [] : [value];
}
