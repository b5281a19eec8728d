import { chartVersion } from "../components/platform/chart-source";
import { officialPluginInstalled } from "../local/plugins";
import { findRecording, recordingsDir, renderChart } from "../local/plugins/kubernetes/record";
import { ensureTools } from "../local/tools";
import { stackChart } from "./recorded-charts";

/**
 * Makes sure that the stand-in provider can render a stack's chart, before anything is deployed: from its recording, or else by helm.
 * @throws {ConfigError} if the stack's configuration is wrong
 * @throws {Error} if the chart can be had neither way, naming the values and the remedies
 */
export async function ensureChart(stack: string): Promise<void> {
  const { source, rendering } = stackChart(stack);
  // The official provider brings helm of its own.
  if (officialPluginInstalled("kubernetes")) return;
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
