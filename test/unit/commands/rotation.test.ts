import assert from "node:assert/strict";
import { tenantsLeft } from "../../../commands/rotation";
import { epochAnnotations } from "../../../components/environment-epochs";

const made = (tenant: string, operator: number, accounts: number) => ({
  labels: { "nats-platform/tenant": tenant },
  annotations: epochAnnotations({ operator, accounts }),
});
const names = (...args: Parameters<typeof tenantsLeft>) => tenantsLeft(...args).map(({ tenant }) => tenant);

describe("tenants that a rotation would shut out", () => {
  it("are none while every tenant is one step away, up or down", () => {
    const objects = [made("acme", 2, 2), made("globex", 3, 1)];
    assert.deepEqual(tenantsLeft(objects, { operator: 2, accounts: 2 }), []);
    assert.deepEqual(tenantsLeft(objects, { operator: 3, accounts: 1 }), []);
    assert.deepEqual(tenantsLeft([], { operator: 9, accounts: 9 }), []);
  });

  it("are those two steps away from either epoch, each with what it was made with", () => {
    const objects = [made("globex", 3, 1), made("initech", 1, 3), made("acme", 3, 3)];
    assert.deepEqual(tenantsLeft(objects, { operator: 3, accounts: 3 }), [
      { tenant: "globex", reasons: ["accountsEpoch 3 does not trust what it was made with, 1"] },
      { tenant: "initech", reasons: ["operatorEpoch 3 does not trust what it was made with, 1"] },
    ]);
    assert.deepEqual(names(objects, { operator: 1, accounts: 1 }), ["acme", "globex", "initech"]);
  });

  it("are those of whom one object alone was left behind, and said once", () => {
    const left = tenantsLeft([made("acme", 2, 1), made("acme", 1, 1), made("acme", 1, 1)], {
      operator: 3,
      accounts: 1,
    });
    assert.deepEqual(left, [{ tenant: "acme", reasons: ["operatorEpoch 3 does not trust what it was made with, 1"] }]);
  });

  it("are those that do not say what they were made with", () => {
    const silent = { labels: { "nats-platform/tenant": "acme" } };
    assert.deepEqual(names([silent], { operator: 1, accounts: 1 }), ["acme"]);
    const garbled = {
      ...silent,
      annotations: { "nats-platform/operator-epoch": "x", "nats-platform/accounts-epoch": "1" },
    };
    assert.deepEqual(names([garbled], { operator: 1, accounts: 1 }), ["acme"]);
  });
});
