import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseOptions } from "../../../bench/options";

describe("bench/options", () => {
  let chart: string;

  before(() => {
    chart = mkdtempSync(join(tmpdir(), "bench-options-"));
    writeFileSync(join(chart, "Chart.yaml"), "name: nats\n");
  });

  after(() => rmSync(chart, { recursive: true }));

  it("measures three times and changes no file by default", () => {
    assert.deepEqual(parseOptions([], {}), { runs: 3, coldTools: false, json: false, write: false });
  });

  it("takes flags from the command line and the rest from the environment", () => {
    const env = { RUNS: "5", TOOLS: "cold", CHART: chart };
    assert.deepEqual(parseOptions(["--json", "--write"], env), {
      runs: 5,
      chart,
      coldTools: true,
      json: true,
      write: true,
    });
  });

  it("tells all mistakes at once, with the value, what is accepted and how it is called", () => {
    const env = { RUNS: "0", TOOLS: "warm", CHART: "/nowhere/nats" };
    assert.throws(
      () => parseOptions(["--quick"], env),
      ({ message }: Error) =>
        [
          /RUNS is "0".*1 to 20/,
          /TOOLS is "warm".*cold/,
          /CHART is "\/nowhere\/nats".*Chart\.yaml/,
          /--quick/,
          /Usage/,
        ].every((part) => part.test(message)),
    );
  });

  it("refuses numbers of runs that are none", () => {
    for (const RUNS of ["1.5", "21", "many", "-1"]) assert.throws(() => parseOptions([], { RUNS }), /RUNS is/);
  });
});
