import type { ContainerResources } from "../components/platform/server-values";
import { parseCpu, parseSize } from "../components/units";
import type { ConfigProblem } from "./config-error";

/** Limits that are below their requests. */
export function resourceProblems(key: string, { requests, limits }: ContainerResources): ConfigProblem[] {
  const parsers = { memory: parseSize, cpu: parseCpu };
  return (["memory", "cpu"] as const)
    .filter((what) => (parsers[what](limits[what]) ?? 0) < (parsers[what](requests[what]) ?? 0))
    .map((what) => ({
      key: `${key}.limits.${what}`,
      value: limits[what],
      reason: `must be at least requests.${what} (${requests[what]})`,
    }));
}
