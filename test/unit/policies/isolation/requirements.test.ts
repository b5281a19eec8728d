import assert from "node:assert/strict";
import fc from "fast-check";
import {
  canHold,
  exists,
  imply,
  namespaceNamed,
  pinned,
  pinnedNamespace,
  type Requirement,
  requirementsOf,
  selects,
} from "../../../../policies/isolation/requirements";
import { Field } from "../../../../policies/kernel/field";

const keys = ["a", "b"];
/** The last stands for all values that no selector names. */
const values = ["x", "y", "other"];

/** Every way to label something with these keys. */
const labellings = keys.reduce<Record<string, string>[]>(
  (all, key) => all.flatMap((labels) => [labels, ...values.map((value) => ({ ...labels, [key]: value }))]),
  [{}],
);

const requirement: fc.Arbitrary<Requirement> = fc
  .record({
    key: fc.constantFrom(...keys),
    operator: fc.constantFrom("In", "NotIn", "Exists", "DoesNotExist"),
    values: fc.uniqueArray(fc.constantFrom("x", "y"), { minLength: 1 }),
  })
  .map((one) => (one.operator.endsWith("In") ? one : { ...one, values: [] }));
const requirements = fc.array(requirement, { maxLength: 5 });

describe("requirements of selectors", () => {
  it("can hold if something is so labelled", () => {
    fc.assert(
      fc.property(requirements, (all) => {
        assert.equal(
          canHold(all),
          labellings.some((labels) => selects(all, labels)),
        );
      }),
      { numRuns: 2_000 },
    );
  });

  it("pin what all have that are selected, and imply it", () => {
    fc.assert(
      fc.property(requirements, (all) => {
        const value = pinned(all, "a");
        const selected = labellings.filter((labels) => selects(all, labels));
        const only = [...new Set(selected.map((labels) => labels.a))];
        if (selected.length > 0) assert.equal(value, only.length === 1 && only[0] !== "other" ? only[0] : undefined);
        if (value !== undefined) assert.ok(imply(all, [{ key: "a", operator: "In", values: [value] }]));
      }),
      { numRuns: 2_000 },
    );
  });

  it("are read from both parts of a selector; an operator that there is not asks nothing", () => {
    const selector = {
      matchLabels: { a: "x" },
      matchExpressions: [
        { key: "b", operator: "Exists" },
        { key: "a", operator: "in", values: ["y"] },
      ],
    };
    const all = requirementsOf(new Field(selector));
    assert.deepEqual(all.slice(0, 2), [{ key: "a", operator: "In", values: ["x"] }, exists("b")]);
    assert.ok(canHold(all));
    assert.equal(pinned(all, "a"), "x");
    assert.deepEqual(requirementsOf(new Field({})), []);
  });

  it("know a namespace by the label that Kubernetes keeps", () => {
    assert.equal(pinnedNamespace(namespaceNamed("shop")), "shop");
    assert.equal(pinnedNamespace([exists("kubernetes.io/metadata.name")]), undefined);
  });
});
