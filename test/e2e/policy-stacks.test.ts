import assert from "node:assert/strict";
import { checkStack } from "../../commands/policy/check";
import { Scratch } from "../../commands/policy/scratch";
import { PackSettings } from "../../commands/policy/settings";
import { findStacks, type ProjectStack } from "../../commands/policy/stacks";
import { ensureTools } from "../../local/tools";
import { packFolder } from "./policy-engine";
import { variants } from "./variants";

/** An environment whose names are all its own, with a tenant and a demo. */
function otherNames(): ProjectStack[] {
  const environmentConfig = variants["other-names"] ?? {};
  const keys = Object.entries(environmentConfig).map(([key, value]) => [`nats-platform:${key}`, value] as const);
  const tenant = { "nats-platform:tenant": { id: "acme", environment: "other", instances: 2 } };
  const demo = { "nats-platform:demo": { environment: "other", tenants: ["acme", "globex"] } };
  return [
    { name: "other", config: Object.fromEntries(keys), environmentConfig },
    { name: "other-tenant-acme", environment: "other", config: tenant, environmentConfig },
    { name: "other-demo", environment: "other", config: demo, environmentConfig },
  ];
}

/** A workstation with everything that a team may declare, and passwords. */
function withPasswords(): ProjectStack[] {
  const streams = [{ name: "orders", subjects: ["orders.>"] }];
  const accounts = {
    NOETL: { users: ["noetl"], buckets: [{ name: "sessions" }], streams },
    SHOP: { users: ["shop", "shop-admin"], streams },
  };
  const environmentConfig = { workstation: { auth: "static", accounts } };
  return [{ name: "desk", config: { "nats-platform:workstation": environmentConfig.workstation }, environmentConfig }];
}

describe("stacks, previewed by Pulumi's engine with the policy pack", function () {
  this.timeout(180_000);

  before(() => ensureTools(["pulumi"]));

  for (const [whose, stacks] of [
    ["this project's", findStacks()],
    ["an environment's with names of its own", otherNames()],
    ["a workstation's with passwords", withPasswords()],
  ] as const) {
    describe(whose, () => {
      const settings = new PackSettings();
      const scratch = new Scratch(stacks);

      after(() => {
        scratch.remove();
        settings.remove();
      });

      for (const stack of stacks) {
        it(`holds what every policy asks for: ${stack.name}`, async () => {
          const options = { pack: packFolder, config: settings.file(stack) };
          const report = await checkStack(stack, "nothing", () => scratch.open(stack), options);
          assert.equal(report.error, undefined);
          assert.deepEqual(report.violations, []);
          assert.deepEqual(report.undecided, []);
          assert.ok(report.resources > 20, `it has only ${report.resources} resources`);
        });
      }
    });
  }
});
