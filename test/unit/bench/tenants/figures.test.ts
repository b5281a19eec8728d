import assert from "node:assert/strict";
import { growthComparisons, type Step, TenantSamples, tenantComparisons } from "../../../../bench/tenants/figures";

const peers = { up: "apply", again: "apply again", preview: "dry run", destroy: "delete" };

/** Two runs beside 1 and beside 50 tenants; beside 50 an `up` takes a fifth longer. */
function samplesOf(steps: readonly Step[]): TenantSamples {
  const samples = new TenantSamples();
  for (const step of steps) {
    for (const run of [1, 2]) {
      samples.add(1, step, 10 * run);
      samples.add(50, step, (step === "up" ? 12 : 10) * run);
    }
  }
  return samples;
}

describe("bench/tenants/figures", () => {
  it("puts one tenant more beside its peer, at each number of tenants", () => {
    const rows = tenantComparisons(samplesOf(["up", "peer up"]), [1, 50], peers);
    assert.deepEqual(
      rows.map(({ name, peer, ratio }) => [name, peer?.name, ratio?.median]),
      [
        ["`pulumi up`, a tenant more, beside 1", "apply", 1],
        ["`pulumi up`, a tenant more, beside 50", "apply", 1.2],
      ],
    );
  });

  it("has no peer where there was none", () => {
    for (const { peer } of tenantComparisons(samplesOf(["up", "preview"]), [1, 50])) assert.equal(peer, undefined);
  });

  it("says how many stacks side by side the time of each is of", () => {
    const names = tenantComparisons(samplesOf(["side by side"]), [1, 50], peers).map(({ name }) => name);
    assert.deepEqual(names, ["the first tenant", "49 more stacks side by side, up to 50 tenants, each"]);
  });

  it("holds the greatest number of tenants against the least", () => {
    const rows = growthComparisons(samplesOf(["up", "platform again", "peer up"]), [1, 10, 50]);
    assert.deepEqual(
      rows.map(({ name, ratio, verdict }) => [name, ratio?.median, verdict]),
      [
        ["`pulumi up`, a tenant more", 1.2, "missed"],
        ["the platform's stack: `pulumi up`, nothing changed", 1, "met"],
        ["for comparison: the same objects by kubectl", 1, undefined],
      ],
    );
  });
});
