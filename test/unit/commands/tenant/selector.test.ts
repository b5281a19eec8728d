import assert from "node:assert/strict";
import { selects } from "../../../../commands/tenant/selector";

const labels = { app: "nats", "tenant-id": "acme" };

describe("label selectors", () => {
  const cases: [string, Parameters<typeof selects>[0], boolean][] = [
    ["everything", {}, true],
    ["an equal label", { matchLabels: { app: "nats" } }, true],
    ["another value", { matchLabels: { app: "nats", "tenant-id": "globex" } }, false],
    ["a missing label", { matchLabels: { "instance-num": "1" } }, false],
    ["one of a list", { matchExpressions: [{ key: "app", operator: "In", values: ["nats", "x"] }] }, true],
    ["none of a list", { matchExpressions: [{ key: "app", operator: "In", values: ["x"] }] }, false],
    ["all but a list", { matchExpressions: [{ key: "app", operator: "NotIn", values: ["nats"] }] }, false],
    ["all but a list, without the label", { matchExpressions: [{ key: "b", operator: "NotIn", values: ["x"] }] }, true],
    ["what has the label", { matchExpressions: [{ key: "tenant-id", operator: "Exists" }] }, true],
    ["what has it not", { matchExpressions: [{ key: "tenant-id", operator: "DoesNotExist" }] }, false],
    [
      "labels and expressions together",
      { matchLabels: { app: "nats" }, matchExpressions: [{ key: "b", operator: "Exists" }] },
      false,
    ],
  ];
  for (const [name, selector, selected] of cases) {
    it(`${selected ? "select" : "do not select"} by ${name}`, () => assert.equal(selects(selector, labels), selected));
  }
});
