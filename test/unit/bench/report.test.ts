import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { AccountSyncResult } from "../../../bench/account-sync/result";
import type { AppsResult } from "../../../bench/apps/result";
import { compare } from "../../../bench/comparison";
import { performanceDocument } from "../../../bench/document";
import type { LifecycleResult } from "../../../bench/lifecycle";
import { partNames } from "../../../bench/parts";
import type { PoliciesResult } from "../../../bench/policies/result";
import {
  type BenchReport,
  comparisonRows,
  formatReport,
  formatTable,
  formatValue,
  type PartResults,
} from "../../../bench/report";
import type { TenantsResult } from "../../../bench/tenants/result";
import type { ToolTimes } from "../../../bench/tools";

const lifecycle: LifecycleResult = {
  resources: 69,
  comparisons: [
    compare({
      name: "`pulumi up`, whole platform",
      unit: "s",
      ours: [30, 33.04, 36],
      peer: { name: "helm install --wait", values: [30, 30, 30] },
      target: { ratio: 1.3 },
    }),
    compare({ name: "three-node cluster up", unit: "s", ours: [16], target: { value: 15 } }),
  ],
};

const throughput = [
  compare({
    name: "Core publish to subscribe",
    unit: "msg/s",
    ours: [123_456, 100_000],
    peer: { name: "the chart", values: [100_000, 100_000] },
    target: { ratio: 1 },
  }),
];

const tenants: TenantsResult = {
  counts: [1, 10, 50],
  parallel: 4,
  objects: 10,
  comparisons: [compare({ name: "a tenant more", unit: "s", ours: [9] })],
  peers: [{ name: "kubectl apply", of: ["a tenant more"] }],
  growth: [compare({ name: "`pulumi up`", unit: "s", ours: [11], peer: { name: "beside 1", values: [10] } })],
  idle: [compare({ name: "idle", unit: "MiB", ours: [6.04] })],
};

const accountSync: AccountSyncResult = {
  comparisons: [compare({ name: "pushed", unit: "s", ours: [5], target: { value: 20 } })],
  accounts: 1_000,
  commandLineAccounts: 50,
  revocations: 100,
};

const tools: ToolTimes = {
  seconds: 840.4,
  tools: [
    { name: "etcd", version: "v3", state: "built", seconds: 30.06 },
    { name: "helm", version: "v3", state: "official", seconds: 0 },
  ],
};

const machine = { Date: "2026-01-31", Processor: "Example, 2 cores" };

/** A run of some parts. */
function reportOf(parts: PartResults, notes: readonly string[] = []): BenchReport {
  return { machine, notes, parts };
}

const apps: AppsResult = {
  templates: 1_000,
  clients: 1_000,
  comparisons: [
    compare({ name: "1,000 pod templates wired", unit: "ms", ours: [7], peer: { name: "copies", values: [14] } }),
  ],
};

const policies: PoliciesResult = {
  stacks: 20,
  comparisons: [compare({ name: "what the pack adds", unit: "s", ours: [1.5], target: { value: 2 } })],
};

const all: Required<PartResults> = {
  lifecycle,
  throughput,
  tenants,
  "account-sync": accountSync,
  apps,
  policies,
  tools,
};

describe("bench/report", () => {
  it("shows median, range, ratio and whether the target is met", () => {
    assert.deepEqual(comparisonRows(lifecycle.comparisons), [
      [
        "`pulumi up`, whole platform",
        "33.0 s (30.0 to 36.0)",
        "30.0 s (30.0 to 30.0)",
        "1.10 (1.00 to 1.20)",
        "at most 1.3 times: met",
      ],
      ["three-node cluster up", "16.0 s", "", "", "at most 15 s: missed"],
    ]);
    assert.deepEqual(comparisonRows(throughput)[0]?.slice(1), [
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
    assert.equal(formatValue(6.04, "MiB"), "6.0");
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
    const text = formatReport(reportOf(all, ["cluster dev was running"]));
    for (const part of [
      "Example, 2 cores",
      "33.0 s (30.0 to 36.0)",
      "helm install --wait: `pulumi up`, whole platform",
      "Note: cluster dev was running",
      "30.1 s",
      "an official installation was on PATH",
      "840 s",
      "beside 50",
      "6.0 MiB",
      "at most 20 s: met",
      "kubectl apply: a tenant more",
      "what the pack adds  1.5 s",
      "1,000 pod templates wired  7.00 ms",
      "copies: 1,000 pod templates wired",
    ]) {
      assert.ok(text.includes(part), `${part} is missing in:\n${text}`);
    }
  });
});

describe("bench/report of some parts", () => {
  it("has nothing of those that were not measured", () => {
    const text = formatReport(reportOf({ "account-sync": accountSync }));
    assert.match(text, /^account-sync$/m);
    assert.doesNotMatch(text, /life cycle|throughput|tenant more|tools/);
  });
});

describe("bench/document", () => {
  it("has every row of the report as a row of a table", () => {
    const text = performanceDocument(reportOf(all), "");
    for (const cells of [
      ...Object.entries(machine),
      ...comparisonRows([
        ...lifecycle.comparisons,
        ...throughput,
        ...tenants.comparisons,
        ...tenants.growth,
        ...tenants.idle,
        ...accountSync.comparisons,
        ...policies.comparisons,
      ]),
      ["etcd", "v3", "30.1 s"],
    ]) {
      assert.ok(text.includes(`\n| ${cells.join(" | ")} |\n`), `${cells.join(" | ")} is missing in:\n${text}`);
    }
  });

  it("names each peer once, with what it is the peer of", () => {
    const text = performanceDocument(reportOf({ lifecycle }), "");
    assert.match(text, /Peers: `helm install --wait` for `pulumi up`, whole platform\./);
  });

  for (const part of partNames) {
    it(`keeps what it says of ${part} when others are measured, with the day and the notes of then`, () => {
      const earlier = performanceDocument(reportOf(all, ["it was noisy"]), "");
      const { [part]: _, ...others } = all;
      const later = { machine: { ...machine, Date: "2026-12-24" }, notes: [], parts: others };
      const text = performanceDocument(later, earlier);
      const day = (name: string) => new RegExp(`<!-- ${name} -->\nMeasured on (.*)\\.\n`).exec(text)?.[1];
      for (const name of partNames) {
        const expected = name === part ? "2026-01-31, Example, 2 cores; it was noisy" : "2026-12-24, Example, 2 cores";
        assert.equal(day(name), expected);
      }
      assert.equal(performanceDocument(later, text), text);
    });

    it(`says how to measure ${part} when nobody has`, () => {
      const text = performanceDocument(reportOf({}), "");
      assert.ok(text.includes(`Not measured yet: \`make bench PARTS=${part}\`.`));
    });
  }

  it("replaces what is older", () => {
    const earlier = performanceDocument(reportOf({ tools }), "");
    const replaced = performanceDocument(reportOf({ tools: { ...tools, seconds: 900 } }), earlier);
    assert.ok(replaced.includes("900 s") && !replaced.includes("840 s"));
  });

  it("is what docs/performance.md was written by", () => {
    const written = readFileSync(join(__dirname, "../../../docs/performance.md"), "utf8");
    const kept = performanceDocument(reportOf({}), written);
    const text = (document: string) => document.replace(/^## The machine$.*?(?=^## )/ms, "");
    assert.equal(text(kept), text(written));
  });
});
