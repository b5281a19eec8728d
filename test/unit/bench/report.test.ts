import assert from "node:assert/strict";
import { compare } from "../../../bench/comparison";
import { performanceDocument } from "../../../bench/document";
import { type BenchReport, comparisonRows, formatReport, formatTable, formatValue } from "../../../bench/report";

const report: BenchReport = {
  machine: { Date: "2026-01-31", Processor: "Example, 2 cores" },
  notes: [],
  resources: 69,
  lifecycle: [
    compare({
      name: "`pulumi up`, whole platform",
      unit: "s",
      ours: [30, 33.04, 36],
      peer: { name: "helm install --wait", values: [30, 30, 30] },
      target: { ratio: 1.3 },
    }),
    compare({ name: "three-node cluster up", unit: "s", ours: [16], target: { value: 15 } }),
  ],
  throughput: [
    compare({
      name: "Core publish to subscribe",
      unit: "msg/s",
      ours: [123_456, 100_000],
      peer: { name: "the chart", values: [100_000, 100_000] },
      target: { ratio: 1 },
    }),
  ],
};

const tools: BenchReport["tools"] = {
  seconds: 840.4,
  tools: [
    { name: "etcd", version: "v3", state: "built", seconds: 30.06 },
    { name: "helm", version: "v3", state: "official", seconds: 0 },
  ],
};

describe("bench/report", () => {
  it("shows median, range, ratio and whether the target is met", () => {
    assert.deepEqual(comparisonRows(report.lifecycle), [
      [
        "`pulumi up`, whole platform",
        "33.0 s (30.0 to 36.0)",
        "30.0 s (30.0 to 30.0)",
        "1.10 (1.00 to 1.20)",
        "at most 1.3 times: met",
      ],
      ["three-node cluster up", "16.0 s", "", "", "at most 15 s: missed"],
    ]);
    assert.deepEqual(comparisonRows(report.throughput)[0]?.slice(1), [
      "111,728 msg/s (100,000 to 123,456)",
      "100,000 msg/s (100,000 to 100,000)",
      "1.12 (1.00 to 1.23)",
      "at least 1 times: met",
    ]);
  });

  it("writes values in as many digits as mean something", () => {
    assert.equal(formatValue(1.25, "ms"), "1.25");
    assert.equal(formatValue(1234.5, "op/s"), "1,235");
    assert.equal(formatValue(9.96, "s"), "10.0");
  });

  it("aligns the columns of a table and leaves no blanks at line ends", () => {
    assert.equal(
      formatTable(
        ["a", ""],
        [
          ["long", "x"],
          ["b", ""],
        ],
      ),
      "  a\n  long  x\n  b\n",
    );
    assert.equal(formatTable([], []), "");
  });

  it("tells a terminal everything: machine, figures, peers, notes, tools", () => {
    const text = formatReport({ ...report, tools, notes: ["cluster dev was running"] });
    for (const part of [
      "Example, 2 cores",
      "33.0 s (30.0 to 36.0)",
      "helm install --wait: `pulumi up`, whole platform",
      "Note: cluster dev was running",
      "30.1 s",
      "an official installation was on PATH",
      "840 s",
    ]) {
      assert.ok(text.includes(part), `${part} is missing in:\n${text}`);
    }
  });
});

describe("bench/document", () => {
  it("has every row of the report as a row of a table", () => {
    const text = performanceDocument({ ...report, tools }, "");
    for (const cells of [
      ...Object.entries(report.machine),
      ...comparisonRows([...report.lifecycle, ...report.throughput]),
      ["etcd", "v3", "30.1 s"],
    ]) {
      assert.ok(text.includes(`\n| ${cells.join(" | ")} |\n`), `${cells.join(" | ")} is missing in:\n${text}`);
    }
  });

  it("names each peer once, with what it is the peer of", () => {
    assert.match(performanceDocument(report, ""), /Peers: `helm install --wait` for `pulumi up`, whole platform\./);
  });

  it("keeps the times of cold builds of an earlier run, and replaces them by newer ones", () => {
    const earlier = performanceDocument({ ...report, tools }, "");
    const without = performanceDocument(report, earlier);
    assert.ok(without.includes("| etcd | v3 | 30.1 s |"));
    assert.equal(without, earlier);
    const slower = { ...tools, seconds: 900 };
    const replaced = performanceDocument({ ...report, tools: slower }, earlier);
    assert.ok(replaced.includes("900 s") && !replaced.includes("840 s"));
  });

  it("says how to measure cold builds when nobody has", () => {
    assert.match(performanceDocument(report, ""), /Not measured yet: `make bench TOOLS=cold`/);
  });
});
