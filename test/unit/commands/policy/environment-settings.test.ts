import assert from "node:assert/strict";
import { environmentSettings } from "../../../../commands/policy/environment-settings";
import { policies } from "../../../../policies/policies";

describe("what policies are told of an environment", () => {
  it("is what they suppose of one with the default names", () => {
    const settings = environmentSettings({});
    for (const { name, configSchema } of policies) {
      for (const [setting, value] of Object.entries(settings[name] ?? assert.fail(name))) {
        assert.deepEqual(value, configSchema?.properties[setting]?.default, `${name}: ${setting}`);
      }
    }
  });

  it("is what its configuration says, as values or as text", () => {
    for (const authCallout of [{ audience: "messaging" }, '{ "audience": "messaging" }']) {
      const settings = environmentSettings({
        environment: "prod",
        namespace: "messaging",
        tenantsNamespace: "customers",
        monitoringNamespace: "metrics",
        authCallout,
        replicas: "3",
      });
      assert.deepEqual(settings["images-pinned"], { production: true });
      assert.deepEqual(settings["token-audience"], { audience: "messaging" });
      assert.deepEqual(settings["token-automount"], { needApi: ["messaging/account-sync", "messaging/auth-callout"] });
      assert.deepEqual(settings["tenant-labels"], { namespaces: ["customers"] });
      assert.deepEqual(settings["pod-security"], {
        namespaces: ["messaging", "messaging-accounts", "messaging-callout", "customers"],
      });
      assert.deepEqual(settings["tenant-ingress"], {
        namespaces: ["customers"],
        admitted: [
          { namespace: "messaging", podLabels: { "app.kubernetes.io/name": "account-sync" }, ports: [4222] },
          { namespace: "metrics", ports: [7777, 8222] },
        ],
      });
    }
  });

  it("is the default of what is wrong, which the stack's own check tells", () => {
    const settings = environmentSettings({ namespace: "No Name", tenantsNamespace: { secure: "v1:a" } });
    assert.deepEqual(settings, environmentSettings({}));
    for (const environment of ["production", { secure: "v1:a" }]) {
      assert.deepEqual(environmentSettings({ environment }), environmentSettings({ environment: "prod" }));
    }
  });
});
