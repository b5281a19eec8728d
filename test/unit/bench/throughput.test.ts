import assert from "node:assert/strict";
import { type Figure, figures, type Measurement, type Side } from "../../../bench/client-contract";
import { placement, throughputComparisons } from "../../../bench/throughput";

describe("bench/throughput", () => {
  const platform = [
    { node: "node-2", address: "10.0.2.1:4222" },
    { node: "node-1", address: "10.0.1.1:4222" },
    { node: "node-3", address: "10.0.3.1:4222" },
  ];

  it("lets both cross between the same two nodes, which have a server of each, with the client on a third", () => {
    const chart = [
      { node: "node-3", address: "10.0.3.2:4222" },
      { node: "node-3", address: "10.0.3.3:4222" },
      { node: "node-2", address: "10.0.2.2:4222" },
    ];
    assert.deepEqual(placement(platform, chart), {
      node: "node-1",
      servers: { platform: ["10.0.2.1:4222", "10.0.3.1:4222"], chart: ["10.0.2.2:4222", "10.0.3.2:4222"] },
    });
  });

  it("refuses to compare what does not run on the same nodes, and says where it runs", () => {
    const chart = [{ node: "node-3", address: "10.0.3.2:4222" }];
    assert.throws(
      () => placement(platform, chart),
      /platform runs on node-2, node-1, node-3 and its peer on node-3: two nodes/,
    );
    assert.throws(() => placement(platform, []), /its peer on no node/);
    assert.throws(() => placement(platform.slice(1), platform.slice(1)), /and a third/);
  });

  it("pairs measurements of the same round and figure, whoever came first", () => {
    const measure = (round: number, side: Side, figure: Figure, value: number): Measurement => ({
      round,
      side,
      figure,
      value,
    });
    const measurements = (Object.keys(figures) as Figure[]).flatMap((figure) => [
      measure(1, "chart", figure, 10),
      measure(1, "platform", figure, 20),
      measure(2, "platform", figure, 60),
      measure(2, "chart", figure, 20),
    ]);
    const comparisons = throughputComparisons(measurements.reverse());
    assert.deepEqual(
      comparisons.map(({ name }) => name),
      Object.values(figures).map(({ name }) => name),
    );
    for (const { ratio, unit, verdict } of comparisons) {
      assert.deepEqual(ratio, { min: 2, median: 2.5, max: 3, runs: 2 });
      assert.equal(verdict, unit === "ms" ? "missed" : "met");
    }
  });
});
