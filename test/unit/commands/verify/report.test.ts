import assert from "node:assert/strict";
import {
  exitCodes,
  formatJson,
  formatRow,
  formatSummary,
  report,
  unusableReport,
} from "../../../../commands/verify/report";

const good = { name: "client-connect", ok: true, detail: "to nats-0", ms: 12 };
const bad = { name: "kv-buckets", ok: false, detail: "orders: missing", ms: 345 };

describe("report", () => {
  it("is ok when every check is", () => {
    assert.equal(report([good]).ok, true);
    assert.equal(report([good, bad]).ok, false);
  });

  it("is not ok when nothing was checked", () => {
    assert.equal(report([]).ok, false);
  });

  it("has exit codes a script can tell apart", () => {
    assert.deepEqual(exitCodes, { ok: 0, failed: 1, unusable: 2 });
  });
});

describe("formatJson", () => {
  it("prints exactly the agreed keys, in their order, on one line", () => {
    const extra = { ...bad, secret: "x" };
    assert.equal(
      formatJson(report([good, extra])),
      '{"ok":false,"checks":[{"name":"client-connect","ok":true,"detail":"to nats-0","ms":12},{"name":"kv-buckets","ok":false,"detail":"orders: missing","ms":345}]}',
    );
  });

  it("says why nothing could be checked", () => {
    assert.equal(
      formatJson(unusableReport("no cluster")),
      '{"ok":false,"checks":[{"name":"cluster-reachable","ok":false,"detail":"no cluster","ms":0}]}',
    );
  });
});

describe("formatRow", () => {
  it("aligns names and times", () => {
    assert.equal(formatRow(good, 16, { color: false }), "✓ client-connect       12 ms  to nats-0");
    assert.equal(formatRow(bad, 16, { color: false }), "✗ kv-buckets          345 ms  orders: missing");
  });

  it("colours the mark only", () => {
    assert.equal(formatRow(good, 14, { color: true }), "\u001b[32m✓\u001b[39m client-connect     12 ms  to nats-0");
    assert.ok(formatRow(bad, 14, { color: true }).startsWith("\u001b[31m✗\u001b[39m "));
  });

  it("cuts what passed to the terminal's width, and never what failed", () => {
    const long = "x".repeat(200);
    assert.equal(formatRow({ ...good, detail: long }, 14, { color: false, width: 80 }).length, 80);
    assert.ok(formatRow({ ...bad, detail: long }, 14, { color: false, width: 80 }).endsWith(long));
  });
});

describe("formatSummary", () => {
  it("counts, and names what failed", () => {
    assert.equal(formatSummary(report([good]), 1234, { color: false }), "all 1 checks passed in 1.2 s");
    assert.equal(
      formatSummary(report([good, bad]), 1234, { color: false }),
      "1 of 2 checks failed in 1.2 s: kv-buckets",
    );
  });
});
