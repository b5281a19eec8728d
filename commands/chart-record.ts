import { defaultRelease } from "../bench/chart-peer";
import { benchRecordingsDir } from "../bench/manifest-peer";
import { chartVersion } from "../components/platform/chart-source";
import { record } from "../local/plugins/kubernetes/record";
import { ensureTools } from "../local/tools";
import { recordedCharts } from "./recorded-charts";
import { run } from "./run";

/**
 * Records what helm renders from the chart for every configuration of this repository, so that the local cluster needs no chart repository.
 * `CHART` is the chart's folder on disk.
 */
run(async () => {
  const chart = process.env.CHART;
  if (!chart) {
    throw new Error(
      `CHART is not set; give the folder of the nats chart ${chartVersion}: make chart-record CHART=/path/to/nats`,
    );
  }
  await ensureTools(["helm"]);
  for (const [name, rendering] of Object.entries(recordedCharts())) {
    process.stdout.write(`${name}: ${await record({ ...rendering, chart, name })}\n`);
  }
  // What the benchmarks compare with where there is no chart.
  process.stdout.write(
    `defaults: ${await record({ ...defaultRelease, chart, name: "defaults" }, benchRecordingsDir)}\n`,
  );
  return 0;
});
