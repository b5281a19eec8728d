import { type ChartSource, chartVersion } from "../components/platform/chart-source";
import { chartValues } from "../components/platform/chart-values";
import { names } from "../components/platform/ports";
import { workstationValues } from "../components/workstation/chart-values";
import type { Rendering } from "../local/plugins/kubernetes/record";
import { platformArgs } from "../stacks/platform-args";
import { parsePlatformConfig } from "../stacks/platform-config";
import { stackKind } from "../stacks/stack-kind";
import { workstationArgs } from "../stacks/workstation-args";
import { parseWorkstationConfig } from "../stacks/workstation-config";
import { stackValues } from "./target";

/** What a chart is rendered from. */
export interface ChartRendering {
  readonly source: ChartSource;
  readonly rendering: Rendering;
}

/** What a stack's chart is rendered from, as its file in the repository has it; see {@link chartOf}. */
export function stackChart(stack: string): ChartRendering | undefined {
  return chartOf(stackValues(stack));
}

/**
 * What the chart of an environment or a workstation is rendered from; undefined when that depends on an encrypted value.
 * Identities may be encrypted: no value of the chart holds one.
 * @param values configuration of its stack, without the project's prefix
 * @throws {ConfigError} if the configuration is wrong
 */
export function chartOf(values: Readonly<Record<string, unknown>>): ChartRendering | undefined {
  const settings = Object.entries(values);
  const hidden = settings.filter(([, value]) => JSON.stringify(value)?.includes('"secure":')).map(([key]) => key);
  if (hidden.some((key) => !identityKeys.includes(key))) return undefined;
  const config = Object.fromEntries(settings.map(([key, value]) => [key, hidden.includes(key) ? "encrypted" : value]));
  return chartFor(config);
}

const identityKeys = ["operatorJwt", "operatorSigningKey", "systemAccountJwt", "systemAccountSigningKey"];

/** What the chart of a configuration without encrypted values is rendered from. @throws {ConfigError} if it is wrong */
export function chartFor(config: Record<string, unknown>): ChartRendering {
  const isWorkstation = stackKind(config) === "workstation";
  const { args, values } = isWorkstation ? workstationChart(config) : platformChart(config);
  const { chart: source, namespace } = args;
  // Through JSON, as Pulumi hands the values to the provider: what is undefined is not there.
  const plain = JSON.parse(JSON.stringify(values));
  return {
    source,
    rendering: { chart: "nats", version: chartVersion, release: names.release, namespace, values: plain },
  };
}

function platformChart(config: Record<string, unknown>) {
  const args = platformArgs(parsePlatformConfig(config));
  return { args, values: chartValues(args) };
}

function workstationChart(config: Record<string, unknown>) {
  const args = workstationArgs(parseWorkstationConfig(config));
  return { args, values: workstationValues(args) };
}
