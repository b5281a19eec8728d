import assert from "node:assert/strict";
import { Field } from "../../../policies/kernel/field";
import { selects } from "../../../policies/kernel/selector";
import { faultOfApproval } from "../../../policies/platform/approvals";
import { parseImage } from "../../../policies/platform/image";
import { parseQuantity } from "../../../policies/platform/quantity";
import { compareVersion } from "../../../policies/platform/server-version";

describe("values, as policies read them", () => {
  it("images", () => {
    assert.deepEqual(parseImage("r:5000/a/nats"), { name: "nats", tag: undefined, digest: undefined });
    assert.deepEqual(parseImage("r:5000/nats:2.14@sha256:a"), { name: "nats", tag: "2.14", digest: "sha256:a" });
  });

  it("quantities", () => {
    const texts = ["250m", "1Gi", "1.5k", "1e3", "4", ".5", "-1", "1 Gi", "1gi", "Gi", "", "1e"];
    const amounts = [0.25, 2 ** 30, 1500, 1000, 4, 0.5, -1, ...Array(5).fill(undefined)];
    assert.deepEqual(texts.map(parseQuantity), amounts);
  });

  it("versions", () => {
    const order = ["2.13.9", "2.14.0-rc.1", "2.14.0-alpine3.22", "2.14", "2.14.1", "10.0", "2", "edge", "sha-2.14.0"];
    const compared = order.map((tag) => compareVersion(tag, "2.14.0"));
    assert.deepEqual(
      compared.map((one) => one && Math.sign(one)),
      [-1, -1, 0, 0, 1, 1, undefined, undefined, undefined],
    );
    assert.equal(compareVersion("2.14", "2.14.1"), undefined);
  });

  it("label selectors", () => {
    const labels = { app: "nats", tier: "1" };
    const expression = (key: string, operator: string, ...values: string[]) => ({
      matchExpressions: [{ key, operator, values }],
    });
    const is = (selector: unknown) => selects(new Field(selector), labels);
    const selecting = [
      {},
      { matchLabels: { app: "nats" } },
      expression("app", "In", "x", "nats"),
      expression("app", "Exists"),
      expression("other", "NotIn", "x"),
      expression("other", "DoesNotExist"),
    ];
    for (const selector of selecting) assert.ok(is(selector), JSON.stringify(selector));
    const others = [
      undefined,
      null,
      { matchLabels: { app: "web" } },
      expression("app", "NotIn", "nats"),
      expression("other", "In", "x"),
      expression("app", "DoesNotExist"),
      expression("apps.kubernetes.io/pod-index", "NotIn", "0"),
    ];
    for (const selector of others) assert.ok(!is(selector), JSON.stringify(selector));
    assert.throws(() => is(expression("app", "Gt", "1")), /must be In, NotIn/);
    assert.throws(() => is({ matchLabels: ["app"] }), /must be a map/);
  });

  it("approvals, which end with their last day", () => {
    const fault = (until: unknown, now: string) => faultOfApproval({ until }, new Date(now), 31);
    assert.equal(fault("2026-02-28", "2026-02-28T23:59:59.999Z"), undefined);
    assert.match(fault("2026-02-28", "2026-03-01T00:00:00Z") ?? "", /expired/);
    assert.equal(fault("2026-03-31", "2026-02-28T00:00:00Z"), undefined);
    assert.match(fault("2026-04-01", "2026-02-28T00:00:00Z") ?? "", /more than 31 days ahead/);
    for (const until of ["2026-02-29", "2026-2-28", "tomorrow", "", null, undefined, "2026-02-28T00:00:00Z"]) {
      assert.match(fault(until, "2026-01-01T00:00:00Z") ?? "", /is no day/);
    }
  });
});
