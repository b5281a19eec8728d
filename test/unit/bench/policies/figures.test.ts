import assert from "node:assert/strict";
import { type PolicyRuns, policyComparisons } from "../../../../bench/policies/figures";

const previewed = {
  10: { with: 3, empty: 2.5, without: 1 },
  100: { with: 4, empty: 3.5, without: 1.9 },
  500: { with: 9, empty: 8.51, without: 6.52 },
};
const runs: PolicyRuns = { previews: [previewed], starts: [{ ours: 1, empty: 0.8 }], command: [60] };

describe("bench/policies/figures", () => {
  const rows = (measured: PolicyRuns) => {
    return policyComparisons(measured, 20).map(({ name, ours, peer, verdict }) => {
      return [name, Number(ours.median.toFixed(3)), peer && Number(peer.median.toFixed(3)), verdict];
    });
  };

  it("have previews with the pack beside those without, what it adds beside what any pack does, its start, and the command", () => {
    assert.deepEqual(rows(runs), [
      ["`pulumi preview`, 10 resources, with the pack", 3, 1, undefined],
      ["what the pack adds, 10 resources", 2, 1.5, "met"],
      ["`pulumi preview`, 100 resources, with the pack", 4, 1.9, undefined],
      ["what the pack adds, 100 resources", 2.1, 1.6, "met"],
      ["`pulumi preview`, 500 resources, with the pack", 9, 6.52, undefined],
      ["what the pack adds, 500 resources", 2.48, 1.99, "met"],
      ["what the pack adds for each resource, from 10 to 500", 0.98, 1, "met"],
      ["a pack's start, until it answers", 1, 0.8, undefined],
      ["`make policy`, 20 tenants' stacks", 60, undefined, "met"],
    ]);
  });

  it("hold it against two seconds and a millisecond a resource, and the command against a minute", () => {
    const previews = [
      {
        10: { with: 3.02, empty: 1.5, without: 1 },
        100: { with: 4.11, empty: 2.6, without: 2 },
        500: { with: 9.02, empty: 7.5, without: 6.5 },
      },
    ];
    const slow = { ...runs, previews, command: [60.1] };
    assert.deepEqual(
      rows(slow).flatMap(([name, , , verdict]) => (verdict ? [`${name}: ${verdict}`] : [])),
      [
        "what the pack adds, 10 resources: missed",
        "what the pack adds, 100 resources: missed",
        "what the pack adds, 500 resources: missed",
        "what the pack adds for each resource, from 10 to 500: missed",
        "`make policy`, 20 tenants' stacks: missed",
      ],
    );
  });

  it("take what a resource costs run by run", () => {
    const previews = [
      { ...previewed, 10: { with: 2, empty: 1.5, without: 1 }, 500: { with: 2.49, empty: 2.0, without: 1 } },
      { ...previewed, 10: { with: 3, empty: 2.5, without: 1 }, 500: { with: 3.98, empty: 2.0, without: 1 } },
    ];
    const [each] = policyComparisons({ ...runs, previews }, 20).filter(({ name }) => /for each/.test(name));
    assert.deepEqual(
      [each?.ours.min, each?.ours.max].map((value) => value?.toFixed(3)),
      ["1.000", "2.000"],
    );
  });
});
