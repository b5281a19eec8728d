import assert from "node:assert/strict";
import type { Cell } from "../../../../commands/prove-isolation/cells";
import { coverage } from "../../../../commands/prove-isolation/coverage";
import { formatMarkdown } from "../../../../commands/prove-isolation/markdown";
import { formatTables, sign, wrongCells } from "../../../../commands/prove-isolation/print-tables";
import {
  exitCode,
  formatJson,
  type ProofReport,
  summary,
  unusableJson,
} from "../../../../commands/prove-isolation/report";
import { cell, environment, tenant } from "./fixtures";

const open = cell();
const closed = cell({ row: "unlabelled", expected: "closed", observed: "closed", detail: "timed out" });
const leak = cell({ row: "unlabelled", expected: "closed", ok: false, look: "policies" });
const notRun = cell({ observed: "not run", ok: false, detail: "no node", look: "the reason above" });
const skipped: Cell = {
  part: "accounts",
  row: "acme",
  target: "globex",
  question: "stream",
  expected: "isolated",
  observed: "skipped",
  ok: true,
  detail: "globex has no stream to try",
};

const report: ProofReport = {
  ok: true,
  run: {
    program: "0.1.0",
    startedAt: "2026-01-31T12:00:00.000Z",
    seconds: 31.4,
    stack: "dev",
    cluster: "https://10.0.0.1:6443",
    context: "nats-platform-dev",
    kubernetes: "v1.36.3",
    natsServer: ["2.14.2"],
    namespaces: { platform: "nats", tenants: "vrsky-tenants", monitoring: "vrsky-monitoring" },
  },
  tenants: [{ id: "acme", account: "AACME", instances: ["nats-acme-1"], user: "admin", role: "admin" }],
  askers: [{ row: "unlabelled", description: "pod without a label" }],
  coverage: ["2 tenants, each tried against every other."],
  cells: [open, closed, skipped],
};

const of = (...cells: ProofReport["cells"]) => ({ ...report, cells, ok: cells.every(({ ok }) => ok) });

describe("exitCode", () => {
  it("is 0 when every cell is as it should be, or cannot be asked", () => {
    assert.equal(exitCode(report), 0);
  });

  it("is 1 when a cell is wrong, whatever else did not run", () => {
    assert.equal(exitCode(of(open, leak)), 1);
    assert.equal(exitCode(of(leak, notRun)), 1);
    assert.equal(exitCode(of(cell({ observed: "unknown", ok: false }))), 1);
  });

  it("is 2 when nothing is wrong, but not everything was asked", () => {
    assert.equal(exitCode(of(open, notRun)), 2);
  });
});

describe("summary", () => {
  it("counts what was asked, and what was not", () => {
    assert.equal(summary(of(open, closed)), "2 of 2 cells are as they should be in 31 s");
    assert.equal(summary(report), "2 of 2 cells are as they should be in 31 s; 1 cannot be asked here");
    assert.equal(summary(of(open, leak)), "1 of 2 cells are wrong in 31 s");
    assert.equal(
      summary(of(open, leak, notRun)),
      "1 of 2 cells are wrong in 31 s; 1 not asked, because their probe did not run",
    );
  });
});

describe("the JSON", () => {
  it("is the whole report on one line, each cell included", () => {
    const text = formatJson(report);
    assert.ok(!text.includes("\n"));
    assert.deepEqual(JSON.parse(text), report);
    assert.deepEqual(Object.keys(JSON.parse(text)), ["ok", "run", "tenants", "askers", "coverage", "cells"]);
  });

  it("says why nothing could be proved", () => {
    assert.equal(unusableJson("no cluster"), '{"ok":false,"error":"no cluster"}');
  });
});

describe("sign", () => {
  it("has one for each way of being right and wrong", () => {
    const signs = (["open", "closed", "silent", "unknown"] as const).map((observed) => [
      sign({ ok: true, observed }),
      sign({ ok: false, observed }),
    ]);
    assert.deepEqual(signs, [
      ["●", "✗"],
      ["·", "○"],
      ["·", "?"],
      ["·", "?"],
    ]);
    assert.equal(sign({ ok: true, observed: "accepted" }), "●");
    assert.equal(sign({ ok: false, observed: "crossed" }), "✗");
    assert.equal(sign({ ok: false, observed: "refused" }), "○");
    assert.equal(sign({ ok: true, observed: "isolated" }), "·");
    assert.equal(sign({ ok: true, observed: "skipped" }), "–");
    assert.equal(sign({ ok: false, observed: "not run" }), "?");
  });
});

describe("formatTables", () => {
  const style = { color: false, width: 120 };
  const pod = (row: string, changes: object) => cell({ row, address: "nats-acme-1-x", ...changes });
  const cells = [
    ...[cell(), pod("acme", {}), cell({ question: "8222", observed: "closed" })],
    cell({ target: "nats", observed: "closed", ok: false, detail: "timed out" }),
    ...[
      leak,
      pod("unlabelled", { observed: "closed" }),
      cell({ row: "unlabelled", question: "8222", observed: "closed" }),
    ],
    cell({ row: "unlabelled", target: "nats", observed: "closed" }),
    skipped,
  ];

  it("has one mark per cell, addresses side by side, and what was not asked empty", () => {
    assert.deepEqual(formatTables(cells, style).split("\n").slice(0, 8), [
      "Network: who reaches which port",
      "            nats-acme-1  nats",
      "            4222  8222   4222",
      "acme        ●●    ·      ○",
      "unlabelled  ✗·    ·      ·",
      "",
      "Accounts on the platform: what of the second tenant's reaches the first",
      "               stream",
    ]);
  });

  it("prints what does not fit side by side below each other", () => {
    const lines = formatTables(cells, { color: false, width: 26 }).split("\n");
    assert.deepEqual(lines.slice(0, 9), [
      "Network: who reaches which port",
      "            nats-acme-1",
      "            4222  8222",
      "acme        ●●    ·",
      "unlabelled  ✗·    ·",
      "            nats",
      "            4222",
      "acme        ○",
      "unlabelled  ·",
    ]);
  });

  it("explains the marks that it uses, in their colours where there are any", () => {
    const plain = formatTables(cells, style);
    assert.match(plain, /^✗ lets through what it must not$/m);
    assert.doesNotMatch(plain, /not proven/);
    assert.ok(formatTables(cells, { color: true, width: 120 }).includes("\u001b[31m✗\u001b[0m"));
  });

  it("says nothing of a part that was not asked", () => {
    assert.doesNotMatch(formatTables([open], style), /Accounts|Creds/);
  });
});

describe("wrongCells", () => {
  it("names each with expected, observed and what to look at, addresses of the same together", () => {
    const other = { ...leak, address: "nats-acme-1-x" };
    const monitoring = { ...leak, question: "8222", detail: "connected" };
    assert.deepEqual(wrongCells([open, leak, other, monitoring]), [
      "✗ unlabelled → nats-acme-1, 4222 (service, nats-acme-1-x), 8222 (service): open, not closed: greeted by nats-acme-1-x; connected",
      "    look at: policies",
    ]);
  });

  it("points from the owner to the asker between accounts", () => {
    const crossed = { ...skipped, observed: "crossed", ok: false, detail: "acme reads it" } as const;
    assert.deepEqual(wrongCells([crossed]), ["✗ acme ← globex, stream: crossed, not isolated: acme reads it"]);
  });
});

describe("formatMarkdown", () => {
  it("names cluster, context, time, versions and tenants", () => {
    const text = formatMarkdown(report);
    for (const part of [
      "# Isolation of tenants: dev",
      "Proved: 2 of 2 cells are as they should be",
      "| Cluster | https://10.0.0.1:6443 |",
      "| Context | nats-platform-dev |",
      "| Time | 2026-01-31T12:00:00.000Z, 31 s |",
      "| Kubernetes | v1.36.3 |",
      "| nats-server | 2.14.2 |",
      "| nats-platform | 0.1.0 |",
      "| acme | AACME | nats-acme-1 | admin (admin) |",
      "- 2 tenants, each tried against every other.",
    ]) {
      assert.ok(text.includes(part), part);
    }
    assert.ok(!text.includes("## Wrong"));
  });

  it("has every cell in words, those of the network by target, address and port", () => {
    const text = formatMarkdown(report);
    assert.ok(
      text.includes(
        "### nats-acme-1\n\n| Address | Port | acme | unlabelled |\n| --- | --- | --- | --- |\n| service | 4222 | open | closed |",
      ),
    );
    assert.ok(text.includes("|  | `stream` |\n| --- | --- |\n| acme ← globex | skipped |"));
  });

  it("lists what is wrong first, and marks it where it stands", () => {
    const text = formatMarkdown(of(open, leak));
    assert.ok(text.includes("**Not proved**: 1 of 2 cells are wrong"));
    assert.ok(
      text.includes(
        "| unlabelled | nats-acme-1, service | `4222` | closed | open | greeted by nats-acme-1-x | policies |",
      ),
    );
    assert.ok(text.includes("**open**, not closed"));
  });
});

describe("coverage", () => {
  it("says that every pair was tried, while they are few", () => {
    assert.equal(coverage(environment, [])[0], "3 tenants, each tried against every other.");
    assert.match(coverage({ ...environment, tenants: [tenant("acme", 1)] }, [])[0] ?? "", /^One tenant/);
  });

  it("says that there is a ring, when they are many", () => {
    const tenants = Array.from({ length: 6 }, (_, index) => tenant(`t${index}`, 1));
    assert.match(
      coverage({ ...environment, tenants }, [])[0] ?? "",
      /^6 tenants, each tried against the 4 that follow/,
    );
  });

  it("names what could not be tried", () => {
    const tenants = [tenant("acme", 1), tenant("globex", 0, { creds: undefined })];
    const said = coverage({ ...environment, tenants, monitoring: undefined }, [skipped, skipped]);
    assert.match(said[1] ?? "", /^Namespace vrsky-monitoring does not exist/);
    assert.match(said[2] ?? "", /^Without instances.*: globex\.$/);
    assert.match(said[3] ?? "", /^Without an account, or creds.*: globex\.$/);
    assert.match(said[4] ?? "", /^There are not two tenants/);
    assert.deepEqual(said.slice(5), ["Not asked: globex has no stream to try."]);
  });
});
