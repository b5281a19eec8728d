import assert from "node:assert/strict";
import { credsSecretName } from "../../../../components/identity/object-name";
import {
  accountName,
  configName,
  credsOwner,
  instanceName,
  instanceUrl,
  longestTenantId,
  serviceAccountName,
} from "../../../../components/tenant/names";
import { isolationPolicyName } from "../../../../components/tenant/network-policies";

describe("names of a tenant's objects", () => {
  it("follow from its id", () => {
    assert.equal(accountName("acme-corp"), "tenant-acme-corp");
    assert.equal(instanceName("acme-corp", 2), "nats-acme-corp-2");
    assert.equal(
      instanceUrl("acme-corp", 1, "vrsky-tenants"),
      "nats://nats-acme-corp-1.vrsky-tenants.svc.cluster.local:4222",
    );
    assert.equal(isolationPolicyName("acme-corp"), "tenant-nats-isolation-acme-corp");
    assert.equal(credsSecretName(credsOwner("acme-corp", "worker")), "nats-acme-corp-worker-creds");
  });

  it("are DNS labels for the longest id", () => {
    const id = "x".repeat(longestTenantId);
    const names = [
      `nats-account-${accountName(id)}`,
      instanceName(id, 999),
      isolationPolicyName(id),
      configName(id),
      serviceAccountName(id),
    ];
    for (const name of names) assert.ok(name.length <= 63, name);
  });

  it("never meet those of another tenant whose id begins alike", () => {
    const secrets = (id: string) => [
      configName(id),
      ...["a", "b", "config", "1"].map((user) => credsSecretName(credsOwner(id, user))),
    ];
    const all = ["a", "a-b", "a-b-c", "a-1", "a-config", "a-b-creds"].flatMap(secrets);
    assert.equal(new Set(all).size, all.length);
    const instances = ["a", "a-1", "a-1-1"].flatMap((id) => [1, 2, 11].map((number) => instanceName(id, number)));
    assert.equal(new Set(instances).size, instances.length);
  });
});
