import { chartVersion } from "../components/platform/chart-source";
import { officialPluginInstalled } from "../local/plugins";
import { chartMetadata, findRecording, recordingsDir, renderChart } from "../local/plugins/kubernetes/record";
import { ensureTools } from "../local/tools";
import { type ChartRendering, stackChart } from "./stack-chart";

/**
 * Makes sure that a stack's chart can be rendered, before anything is deployed.
 * @throws {ConfigError} if the stack's configuration is wrong
 * @throws {Error} if the chart can be had neither way, naming the values and the remedies
 */
export async function ensureChart(stack: string): Promise<void> {
  const chart = stackChart(stack);
  if (!chart) return;
  if (chart.source.path) requireChart(chart.source.path);
  // The official provider brings helm of its own.
  if (!officialPluginInstalled("kubernetes")) await ensureStandInChart(chart);
}

/**
 * Makes sure that the stand-in provider can render a chart: from its recording, or else by helm.
 * @throws {Error} if it can be had neither way, naming the values and the remedies
 */
export async function ensureStandInChart({ source, rendering }: ChartRendering): Promise<void> {
  if (!source.path && findRecording(recordingsDir, rendering)) return;
  await ensureTools(["helm"]);
  const chart = source.path
    ? { chart: source.path, version: "", repository: "" }
    : { chart: rendering.chart, version: chartVersion, repository: source.repository };
  await renderChart(chart, rendering, {
    recordings: recordingsDir,
    skipCrds: false,
    printableValues: rendering.values,
  });
}

/** @throws {Error} if a folder is not the chart that the values are written for */
function requireChart(folder: string): void {
  const { name, version } = chartMetadata(folder);
  if (name !== "nats" || version !== chartVersion) {
    throw new Error(
      `chartPath = "${folder}" is chart ${name} ${version}; it must be the folder of chart nats ${chartVersion}`,
    );
  }
}
