import assert from "node:assert/strict";
import { tenantObjects } from "../../../../bench/policies/objects";
import { Pack } from "../../policies/support/pack";

describe("bench/policies/objects", function () {
  this.timeout(60_000);
  let pack: Pack;

  before(async () => {
    pack = await Pack.start();
  });
  after(() => pack.stop());

  it("are as many as asked for, each of another name", () => {
    for (const count of [1, 10, 12, 500]) {
      const objects = tenantObjects(count);
      assert.equal(objects.length, count);
      assert.equal(new Set(objects.map(({ type, name }) => `${type} ${name}`)).size, count);
    }
  });

  it("are of every kind that a tenant has", () => {
    const kinds = tenantObjects(5).map(({ type }) => type.split(":").at(-1));
    assert.deepEqual(kinds, ["NetworkPolicy", "NetworkPolicy", "ServiceAccount", "Service", "Deployment"]);
  });

  it("hold what the pack asks for, so that a preview ends", async () => {
    for (const count of [10, 23]) assert.deepEqual(await pack.analyze(tenantObjects(count)), []);
  });
});
