import assert from "node:assert/strict";
import { parseJsonPath, parseWaitFor } from "../../../../../local/plugins/kubernetes/await/wait-for";

const object = {
  metadata: { generation: 2, labels: { "a.b/c": "x" } },
  status: {
    observedGeneration: 2,
    phase: "Running",
    count: 3,
    conditions: [
      { type: "Ready", status: "False" },
      { type: "Complete", status: "True" },
    ],
  },
};
const holds = (annotation: string): boolean => parseWaitFor(annotation)(object).ready;

describe("plugins: pulumi.com/waitFor", () => {
  it("takes conditions, by default True", () => {
    assert.equal(holds("condition=Complete"), true);
    assert.equal(holds("condition=Ready"), false);
    assert.equal(holds("condition=Ready=False"), true);
    assert.equal(holds("condition=Missing=False"), false);
  });

  it("takes paths that exist or have a value", () => {
    assert.equal(holds("jsonpath={.status.phase}"), true);
    assert.equal(holds("jsonpath={.status.phase}=Running"), true);
    assert.equal(holds("jsonpath={.status.phase}=Pending"), false);
    assert.equal(holds("jsonpath={.status.count}=3"), true);
    assert.equal(holds("jsonpath={.status.missing}"), false);
    assert.equal(holds('jsonpath={.status.conditions[?(@.type=="Complete")].status}=True'), true);
  });

  it("takes a list of which all must hold", () => {
    assert.equal(holds('["condition=Complete", "jsonpath={.status.phase}=Running"]'), true);
    assert.equal(holds('["condition=Complete", "condition=Ready"]'), false);
  });

  it("does not trust a status of an older generation", () => {
    assert.equal(parseWaitFor("condition=Complete")({ ...object, metadata: { generation: 3 } }).ready, false);
  });

  it("says what it waits for", () => {
    assert.deepEqual(parseWaitFor("condition=Ready")(object).problems, ["condition=Ready does not hold"]);
  });

  for (const wrong of [
    "Ready",
    "condition=",
    "jsonpath=.status.phase",
    "jsonpath={.status.phase}=",
    "[]",
    "[1]",
    "jsonpath={.a..b}",
    "jsonpath={.a[?(@.b>1)]}",
  ]) {
    it(`refuses ${wrong}`, () => assert.throws(() => parseWaitFor(wrong)));
  }

  it("follows names, indexes, wildcards and filters", () => {
    const root = {
      a: [
        { n: "x", v: 1 },
        { n: "y", v: 2 },
      ],
      "b.c": { d: true },
    };
    assert.deepEqual(parseJsonPath("$.a[0].v")(root), [1]);
    assert.deepEqual(parseJsonPath(".a[-1].v")(root), [2]);
    assert.deepEqual(parseJsonPath(".a[*].v")(root), [1, 2]);
    assert.deepEqual(parseJsonPath("['b.c'].d")(root), [true]);
    assert.deepEqual(parseJsonPath(".a[?(@.n!='x')].v")(root), [2]);
    assert.deepEqual(parseJsonPath(".a[?@.n=='x'].v")(root), [1]);
    assert.deepEqual(parseJsonPath(".a.v")(root), []);
  });
});
