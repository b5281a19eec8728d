import assert from "node:assert/strict";
import {
  formatSize,
  goMemoryLimit,
  parseCpu,
  parseDuration,
  parseQuantity,
  parseSize,
} from "../../../components/units";

describe("units", () => {
  it("reads sizes with binary units only", () => {
    assert.equal(parseSize("1Ki"), 1024);
    assert.equal(parseSize("10Gi"), 10 * 2 ** 30);
    for (const text of ["", "10", "10G", "10GB", "1.5Gi", "0Gi", "-1Gi", "10 Gi", "Gi"])
      assert.equal(parseSize(text), undefined, text);
  });

  it("writes sizes as they are read", () => {
    for (const text of ["1Ki", "512Mi", "10Gi", "3Ti"]) assert.equal(formatSize(parseSize(text) ?? 0), text);
    assert.equal(formatSize(1536 * 2 ** 20), "1536Mi");
    assert.equal(formatSize(512), "512B");
  });

  it("reads CPUs", () => {
    assert.deepEqual(["250m", "2", "0.5", "1500m"].map(parseCpu), [0.25, 2, 0.5, 1.5]);
    for (const text of ["", "m", "0", "0.0", "0m", "-1", "1.5m", "2 CPU"])
      assert.equal(parseCpu(text), undefined, text);
  });

  it("reads every amount that Kubernetes writes", () => {
    const amounts = [
      "0",
      "2",
      "0.5",
      "1500m",
      "2Gi",
      "1.5Gi",
      "64Mi",
      "1k",
      "2M",
      "1e3",
      "1E3",
      "3E",
      "250u",
      "1n",
      "-1",
    ];
    assert.deepEqual(amounts.map(parseQuantity), [
      0,
      2,
      0.5,
      1.5,
      2 ** 31,
      1.5 * 2 ** 30,
      2 ** 26,
      1000,
      2e6,
      1000,
      1000,
      3e18,
      250e-6,
      1e-9,
      -1,
    ]);
    for (const text of ["", "m", "Gi", "1 Gi", "1GB", "1x", "."]) assert.equal(parseQuantity(text), undefined, text);
  });

  it("leaves a tenth of a container's memory to what Go's collector does not see", () => {
    assert.equal(goMemoryLimit("4Gi"), "3686MiB");
    assert.throws(() => goMemoryLimit("4G"), /not a size/);
  });

  it("reads durations", () => {
    assert.deepEqual(["30s", "15m", "1h", "7d"].map(parseDuration), [30, 900, 3600, 604_800]);
    for (const text of ["", "15", "0s", "1w", "1h30m", "-1s"]) assert.equal(parseDuration(text), undefined, text);
  });
});
