import assert from "node:assert/strict";
import { wiringComparisons } from "../../../../bench/apps/figures";
import { measureWiring } from "../../../../bench/apps/wiring";

describe("bench/apps", () => {
  it("takes both times, whoever comes first", () => {
    for (const oursFirst of [true, false]) {
      const { wiring, copying } = measureWiring(3, oursFirst);
      assert.ok(wiring > 0 && copying > 0);
    }
  });

  it("has the wiring beside the copy, in milliseconds", () => {
    const [figure, ...more] = wiringComparisons([{ wiring: 6, copying: 12 }], 1_000);
    assert.deepEqual(
      [figure?.name, figure?.unit, figure?.ours.median, figure?.peer?.median, figure?.ratio?.median],
      ["1,000 pod templates wired", "ms", 6, 12, 0.5],
    );
    assert.deepEqual(more, []);
  });
});
