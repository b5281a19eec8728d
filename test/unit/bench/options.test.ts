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

  it("measures everything but cold builds three times, and changes no file by default", () => {
    assert.deepEqual(parseOptions([], {}), {
      parts: ["lifecycle", "throughput", "tenants", "account-sync", "apps", "policies"],
      runs: 3,
      json: false,
      write: false,
    });
  });

  it("measures the parts that are asked for, in their order, each once", () => {
    const partsOf = (PARTS: string) => parseOptions([], { PARTS }).parts;
    assert.deepEqual(partsOf("account-sync, tenants,tenants"), ["tenants", "account-sync"]);
    assert.deepEqual(partsOf("tools"), ["tools"]);
  });

  it("refuses parts that there are not, naming those that there are", () => {
    for (const PARTS of ["tenant", "tenants,", "tenants account-sync", "all"]) {
      assert.throws(
        () => parseOptions([], { PARTS }),
        /PARTS is ".*is no part: it must be some of lifecycle, throughput, tenants, account-sync, apps, policies, tools/,
      );
    }
  });

  it("takes flags from the command line and the rest from the environment", () => {
    const env = { RUNS: "5", PARTS: "lifecycle", CHART: chart };
    assert.deepEqual(parseOptions(["--json", "--write"], env), {
      parts: ["lifecycle"],
      runs: 5,
      chart,
      json: true,
      write: true,
    });
  });

  it("tells all mistakes at once, with the value, what is accepted and how it is called", () => {
    const env = { RUNS: "0", PARTS: "warm", CHART: "/nowhere/nats" };
    assert.throws(
      () => parseOptions(["--quick"], env),
      ({ message }: Error) =>
        [
          /RUNS is "0".*1 to 20/,
          /PARTS is "warm".*tools/,
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
