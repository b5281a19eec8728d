import assert from "node:assert/strict";
import { manifests as appChart } from "./reference-manifests/app-chart";
import { manifests as coreCluster } from "./reference-manifests/core-cluster";
import type { ReferenceManifest } from "./reference-manifests/manifest";
import { manifests as platformAccess } from "./reference-manifests/platform-access";
import { manifests as singleServer } from "./reference-manifests/single-server";
import { manifests as tenantInstance } from "./reference-manifests/tenant-instance";
import { Pack } from "./support/pack";

const all: Readonly<Record<string, readonly ReferenceManifest[]>> = {
  "charts for apps and cron jobs": appChart,
  "templates for a tenant's server": tenantInstance,
  "a cluster by the official chart": coreCluster,
  "one server for a workstation": singleServer,
  "who reaches the platform": platformAccess,
};

describe("the pack and manifests as others write them", function () {
  this.timeout(60_000);
  let pack: Pack;

  before(async () => {
    pack = await Pack.start();
  });
  after(() => pack.stop());

  for (const [title, manifests] of Object.entries(all)) {
    describe(title, () => {
      for (const { what, resources, config, says } of manifests) {
        const expected = Object.entries(says);
        const policies = expected.map(([policy]) => policy);
        it(`${what}: ${policies.join(", ") || "nothing to say"}`, async () => {
          const said = await pack.analyze(resources, config);
          const text = said.map(({ policy, message }) => `${policy}: ${message}`).join("\n");
          assert.deepEqual([...new Set(said.map(({ policy }) => policy))], policies.toSorted(), text);
          for (const [policy, message] of expected) {
            const own = said.filter((one) => one.policy === policy);
            assert.ok(
              own.some((one) => message.test(one.message)),
              text,
            );
          }
        });
      }
    });
  }
});
