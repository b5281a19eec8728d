import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { type ChartSource, chartVersion } from "../components/platform/chart-source";
import { chartValues } from "../components/platform/chart-values";
import { names } from "../components/platform/ports";
import type { Rendering } from "../local/plugins/kubernetes/record";
import { platformArgs } from "../stacks/platform-args";
import { parsePlatformConfig } from "../stacks/platform-config";
import { variants } from "../test/e2e/variants";
import { projectRoot } from "./target";

/** What is recorded of the chart, by the recording's name: one rendering per Pulumi.*.yaml of an environment, and one per variant that the e2e tests deploy. */
export function recordedCharts(): Record<string, Rendering> {
  const dev = stackConfig("Pulumi.dev.yaml");
  const stacks = stackFiles().map((file) => [file.split(".")[1] ?? file, stackConfig(file)] as const);
  const changed = Object.entries(variants).map(([name, changes]) => [name, { ...dev, ...changes }] as const);
  return Object.fromEntries([...stacks, ...changed].map(([name, config]) => [name, rendering(config)]));
}

/** What a chart is rendered from. */
export interface ChartRendering {
  readonly source: ChartSource;
  readonly rendering: Rendering;
}

/** What a stack's chart is rendered from, as its file in the repository has it; see {@link chartOf}. */
export function stackChart(stack: string): ChartRendering | undefined {
  return chartOf(stackConfig(`Pulumi.${stack}.yaml`));
}

/**
 * What an environment's chart is rendered from; undefined when that depends on an encrypted value.
 * Identities may be encrypted: no value of the chart holds one.
 * @param environmentConfig of its stack, without the project's prefix
 * @throws {ConfigError} if the configuration is wrong
 */
export function chartOf(environmentConfig: Readonly<Record<string, unknown>>): ChartRendering | undefined {
  const settings = Object.entries(environmentConfig);
  const hidden = settings.filter(([, value]) => JSON.stringify(value)?.includes('"secure":')).map(([key]) => key);
  if (hidden.some((key) => !identityKeys.includes(key))) return undefined;
  const config = Object.fromEntries(settings.map(([key, value]) => [key, hidden.includes(key) ? "encrypted" : value]));
  return { source: platformArgs(parsePlatformConfig(config)).chart, rendering: rendering(config) };
}

const identityKeys = ["operatorJwt", "operatorSigningKey", "systemAccountJwt", "systemAccountSigningKey"];

function rendering(config: Record<string, unknown>): Rendering {
  const args = platformArgs(parsePlatformConfig(config));
  // Through JSON, as Pulumi hands the values to the provider: what is undefined is not there.
  const values = JSON.parse(JSON.stringify(chartValues(args)));
  return { chart: "nats", version: chartVersion, release: names.release, namespace: args.namespace, values };
}

/** Those of environments: a tenant's or a demo's stack has no chart. */
function stackFiles(): string[] {
  return readdirSync(projectRoot)
    .filter((file) => /^Pulumi\.[\w-]+\.yaml$/.test(file))
    .filter((file) => {
      const { tenant, demo } = stackConfig(file);
      return tenant === undefined && demo === undefined;
    });
}

function stackConfig(file: string): Record<string, unknown> {
  const config: Record<string, unknown> = parse(readFileSync(join(projectRoot, file), "utf8")).config ?? {};
  const own = Object.entries(config).filter(([key]) => key.startsWith("nats-platform:"));
  return Object.fromEntries(own.map(([key, value]) => [key.replace("nats-platform:", ""), value]));
}
