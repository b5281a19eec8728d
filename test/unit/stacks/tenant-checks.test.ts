import assert from "node:assert/strict";
import { parsePlatformConfig } from "../../../stacks/platform-config";
import { ceilingProblems, issuedCreds, lifecycleProblems } from "../../../stacks/tenant-checks";
import { parseTenantConfig, type TenantConfig } from "../../../stacks/tenant-config";
import { type LiveQuota, quotaDemand, quotaProblems } from "../../../stacks/tenant-quota";

const tenant = (changes: Record<string, unknown> = {}): TenantConfig =>
  parseTenantConfig({ id: "acme", environment: "dev", ...changes }, "dev-tenant-acme");

describe("ceiling of a tenant", () => {
  const { tenantCeiling } = parsePlatformConfig({});

  it("has room for the defaults, and for as much as itself", () => {
    assert.deepEqual(ceilingProblems(tenant(), tenantCeiling), []);
    const { instances, resources, connections, subscriptions, payload, data, ...jetstream } = tenantCeiling;
    const most = tenant({
      instances,
      resources: { limits: resources },
      limits: { connections, subscriptions, payload, data },
      jetstream,
    });
    assert.deepEqual(ceilingProblems(most, tenantCeiling), []);
  });

  it("names everything that is above it, and the environment that set it", () => {
    const above = tenant({
      instances: 21,
      resources: { limits: { cpu: "4.5", memory: "9Gi" } },
      limits: { connections: 10_001, subscriptions: 100_001, payload: "2Mi", data: "1Ti" },
      jetstream: { memoryStorage: "2Gi", diskStorage: "1Ti", streams: 101, consumers: 1001 },
    });
    const problems = ceilingProblems(above, tenantCeiling);
    assert.deepEqual(problems.map(({ key }) => key).sort(), [
      "tenant.instances",
      "tenant.jetstream.consumers",
      "tenant.jetstream.diskStorage",
      "tenant.jetstream.memoryStorage",
      "tenant.jetstream.streams",
      "tenant.limits.connections",
      "tenant.limits.data",
      "tenant.limits.payload",
      "tenant.limits.subscriptions",
      "tenant.resources.limits.cpu",
      "tenant.resources.limits.memory",
    ]);
    for (const { reason } of problems) assert.match(reason, /must be at most .*, tenantCeiling of environment dev/);
  });
});

describe("quota of tenants", () => {
  const quota: LiveQuota = {
    name: "tenants",
    namespace: "vrsky-tenants",
    hard: { pods: "10", "requests.cpu": "8", "requests.memory": "16Gi", "limits.cpu": "16", "limits.memory": "32Gi" },
    used: { pods: "3", "requests.cpu": "6500m", "requests.memory": "6Gi", "limits.cpu": "6", "limits.memory": "12Gi" },
  };
  const reasons = (config: TenantConfig, before = {}, live = quota) =>
    quotaProblems(config, quotaDemand(config, false), live, before).map(({ reason }) => reason);

  it("counts an instance's exporter too", () => {
    assert.deepEqual(quotaDemand(tenant({ instances: 2 }), true), {
      pods: 2,
      "requests.cpu": 2.02,
      "requests.memory": 2 * (2 * 2 ** 30 + 32 * 2 ** 20),
      "limits.cpu": 4.4,
      "limits.memory": 2 * (4 * 2 ** 30 + 128 * 2 ** 20),
    });
  });

  it("has room for what is left of it", () => {
    assert.deepEqual(reasons(tenant({ instances: 1 })), []);
  });

  it("says what is missing of what is left, what the tenant has itself left out", () => {
    const config = tenant({ instances: 3 });
    assert.match(reasons(config)[0] ?? "", /vrsky-tenants\/tenants has \(requests.cpu: needs 3, 1.5 of 8 is left\)/);
    assert.deepEqual(reasons(config, quotaDemand(tenant({ instances: 2 }), false)), []);
  });

  it("says when it would not do even alone", () => {
    const [reason = ""] = reasons(tenant({ instances: 9 }));
    assert.match(reason, /requests.cpu: needs 9, all tenants together may have 8/);
    assert.match(reason, /requests.memory: needs 18Gi, all tenants together may have 16Gi/);
    assert.match(reason, /pods: needs 9, 7 of 10 is left/);
    assert.match(reason, /lower instances or resources, or have tenantsQuota of environment dev raised/);
  });

  it("is no matter for a tenant without instances, nor for what it does not name", () => {
    assert.deepEqual(reasons(tenant({ instances: 0 }), {}, { ...quota, used: quota.hard }), []);
    assert.deepEqual(reasons(tenant({ instances: 9 }), {}, { ...quota, hard: {} }), []);
  });
});

describe("life of a tenant's creds", () => {
  const bob = { name: "bob", role: "worker", epoch: 3, retiredEpoch: 1 };
  const issued = issuedCreds(tenant({ users: [bob, { name: "eve", role: "worker", revoked: true }], accountEpoch: 2 }));
  const eve = { name: "eve", role: "worker", revoked: true };
  const problems = (users: object[], accountEpoch = 2) =>
    lifecycleProblems(tenant({ users, accountEpoch }), issued).map(({ key, reason }) => `${key}: ${reason}`);

  const fine: [string, object[], number?][] = [
    ["stay as they are", [bob, eve]],
    ["be rotated and retired", [{ ...bob, epoch: 4, retiredEpoch: 3 }, eve]],
    ["be revoked", [{ ...bob, revoked: true }, eve]],
    ["have company", [bob, eve, { name: "carol", role: "admin" }]],
    ["change roles, if the former creds go", [{ ...bob, role: "observer", epoch: 4, retiredEpoch: 3 }, eve]],
    ["change roles, once all are worthless", [{ ...bob, role: "observer" }, eve], 4],
    ["be signed anew", [bob, eve], 3],
    ["be forgotten, once all are worthless", [], 4],
    [
      "begin again, once all are worthless",
      [
        { name: "bob", role: "worker" },
        { name: "eve", role: "worker" },
      ],
      4,
    ],
  ];
  for (const [name, users, accountEpoch] of fine) {
    it(`may ${name}`, () => assert.deepEqual(problems(users, accountEpoch), []));
  }

  const refused: [string, object[], number, RegExp][] = [
    [
      "be left out while they are good",
      [eve],
      2,
      /users: user bob is left out, which does not take back its creds: .*revoked: true, or raise accountEpoch to 4/,
    ],
    ["be left out after being revoked", [bob], 3, /users: user eve is left out/],
    ["go back an epoch", [{ ...bob, epoch: 2 }, eve], 2, /users\[0\].epoch: was 3 already; epochs only go up/],
    ["be good again after they were retired", [{ ...bob, retiredEpoch: 0 }, eve], 2, /retiredEpoch: was 1 already/],
    [
      "be good again after they were revoked",
      [bob, { ...eve, revoked: false }],
      2,
      /users\[1\].revoked: user eve was revoked, and stays so/,
    ],
    [
      "keep a role that their user no longer has",
      [{ ...bob, role: "observer" }, eve],
      3,
      /users\[0\].role: user bob was \w+, and its creds stay so: set retiredEpoch to 3 and epoch to 4, .*accountEpoch to 4/,
    ],
    [
      "keep a role beside creds of another",
      [{ ...bob, role: "observer", epoch: 4 }, eve],
      2,
      /users\[0\].role: user bob was/,
    ],
    ["be signed by former keys", [bob, eve], 1, /accountEpoch: was 2 already; epochs only go up/],
  ];
  for (const [name, users, accountEpoch, message] of refused) {
    it(`may not ${name}`, () => {
      const found = problems(users, accountEpoch);
      assert.equal(found.length, 1);
      assert.match(found[0] ?? "", message);
    });
  }
});
