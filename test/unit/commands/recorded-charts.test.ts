import assert from "node:assert/strict";
import { recordedCharts } from "../../../commands/recorded-charts";
import { findRecording } from "../../../local/plugins/kubernetes/chart/recordings";
import { helmTemplate } from "../../../local/plugins/kubernetes/chart/render";
import { recordingsDir } from "../../../local/plugins/kubernetes/record";
import { ensureTools } from "../../../local/tools";

const remedy = "record it: make chart-record CHART=/path/to/nats";

describe("recorded charts", () => {
  for (const [name, rendering] of Object.entries(recordedCharts())) {
    it(`hold the values that ${name} has now`, () => {
      assert.ok(findRecording(recordingsDir, rendering), `no recording of ${name} has these values; ${remedy}`);
    });
  }

  it("are what helm renders from the chart, where CHART names it", async function () {
    const chart = process.env.CHART;
    if (!chart) return this.skip();
    this.timeout(600_000);
    await ensureTools(["helm"]);
    for (const [name, rendering] of Object.entries(recordedCharts())) {
      const rendered = await helmTemplate(chart, rendering, [], { skipCrds: false });
      assert.equal(findRecording(recordingsDir, rendering)?.manifest.trim(), rendered.trim(), `${name}; ${remedy}`);
    }
  });
});
