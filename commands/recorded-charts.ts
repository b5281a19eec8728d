import type { Rendering } from "../local/plugins/kubernetes/record";
import { variants } from "../test/e2e/variants";
import { chartFor } from "./stack-chart";
import { kindOf } from "./stack-kind";
import { configuredStacks, stackValues } from "./target";

/** What is recorded of the chart, by the recording's name: one rendering per Pulumi.*.yaml of a stack with servers, and one per variant that the e2e tests deploy. */
export function recordedCharts(): Record<string, Rendering> {
  const dev = stackValues("dev");
  const stacks = stacksWithCharts().map((name) => [name, stackValues(name)] as const);
  const changed = Object.entries(variants).map(([name, changes]) => [name, { ...dev, ...changes }] as const);
  return Object.fromEntries([...stacks, ...changed].map(([name, config]) => [name, chartFor(config).rendering]));
}

/** A tenant's or a demo's stack has no chart. */
function stacksWithCharts(): string[] {
  return configuredStacks().filter((stack) => ["environment", "workstation"].includes(kindOf(stack)));
}
