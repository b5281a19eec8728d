import assert from "node:assert/strict";
import { growthComparisons, tenantComparisons, tenantPeers } from "../../../../bench/tenants/figures";
import { type Step, TenantSamples } from "../../../../bench/tenants/samples";

/** Two runs beside 1 and beside 50 tenants; beside 50 an `up` takes a fifth longer, for no more work. */
function samplesOf(...steps: Step[]): TenantSamples {
  const samples = new TenantSamples();
  for (const step of steps) {
    for (const run of [1, 2]) {
      samples.add(1, step, { seconds: 10 * run, cpuSeconds: 5, peakMiB: 700 });
      samples.add(50, step, { seconds: (step === "up" ? 12 : 10) * run, cpuSeconds: 5, peakMiB: 700 });
    }
  }
  return samples;
}

describe("bench/tenants/figures", () => {
  it("puts one tenant more beside its peer, at each number of tenants", () => {
    const rows = tenantComparisons(samplesOf("up", "peer up"), [1, 50]);
    assert.deepEqual(
      rows.map(({ name, unit, ratio }) => [name, unit, ratio?.median]),
      [
        ["`pulumi up`, a tenant more, beside 1", "s", 1],
        ["`pulumi up`, a tenant more, beside 50", "s", 1.2],
        ["`pulumi up`, a tenant more, memory, beside 1", "MiB", 1],
        ["`pulumi up`, a tenant more, memory, beside 50", "MiB", 1],
      ],
    );
  });

  it("has no peer where there was none", () => {
    for (const { peer } of tenantComparisons(samplesOf("up", "preview"), [1, 50])) assert.equal(peer, undefined);
  });

  it("says how many stacks side by side the time of each is of", () => {
    const samples = new TenantSamples();
    samples.addTogether(1, 9);
    samples.addTogether(50, 8);
    assert.deepEqual(
      tenantComparisons(samples, [1, 50]).map(({ name, ours }) => [name, ours.median]),
      [
        ["the first tenant", 9],
        ["49 stacks side by side, to be 50 tenants, for each", 8],
      ],
    );
  });

  it("holds the greatest number of tenants against the least, in time, processor time and memory", () => {
    const rows = growthComparisons(samplesOf("up", "platform again", "peer up"), [1, 10, 50]);
    assert.deepEqual(
      rows.map(({ name, ratio, verdict }) => [name, ratio?.median, verdict]),
      [
        ["`pulumi up`, a tenant more", 1.2, "missed"],
        ["the platform's stack: `pulumi up`, nothing changed", 1, "met"],
        ["for comparison, the same objects by kubectl", 1, undefined],
        ["`pulumi up`, a tenant more, processor time", 1, "met"],
        ["the platform's stack: `pulumi up`, nothing changed, processor time", 1, "met"],
        ["for comparison, the same objects by kubectl, processor time", 1, undefined],
        ["`pulumi up`, a tenant more, memory", 1, "met"],
      ],
    );
  });

  it("names what the peer does instead of each step", () => {
    const commands = { preview: "dry run", up: "apply", again: "apply again", destroy: "delete" };
    assert.deepEqual(
      tenantPeers(commands).map(({ name }) => name),
      ["dry run", "apply", "apply again", "delete"],
    );
  });
});
