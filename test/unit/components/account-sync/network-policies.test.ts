import assert from "node:assert/strict";
import { networkPolicies } from "../../../../components/account-sync/network-policies";

const policies = networkPolicies("vrsky-tenants");
const byName = (name: string) => policies.find((policy) => policy.name === name)?.spec;

describe("network policies of account-sync", () => {
  it("let monitoring and those with the label ask it, on 8080 only", () => {
    const spec = byName("account-sync");
    assert.deepEqual(spec?.podSelector, { matchLabels: { "app.kubernetes.io/name": "account-sync" } });
    assert.deepEqual(spec?.ingress, [
      {
        from: [
          { namespaceSelector: { matchLabels: { "nats-platform/monitoring": "true" } } },
          { podSelector: { matchLabels: { "nats-platform/asks-account-sync": "true" } } },
        ],
        ports: [{ protocol: "TCP", port: 8080 }],
      },
    ]);
  });

  it("let it to the instances' client port, the API server and DNS", () => {
    assert.deepEqual(byName("account-sync")?.egress?.slice(0, 2), [
      {
        to: [
          {
            namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "vrsky-tenants" } },
            podSelector: { matchLabels: { app: "nats" } },
          },
        ],
        ports: [{ protocol: "TCP", port: 4222 }],
      },
      {
        ports: [
          { protocol: "TCP", port: 443 },
          { protocol: "TCP", port: 6443 },
        ],
      },
    ]);
    assert.match(JSON.stringify(byName("account-sync")?.egress?.[2]), /kube-system.*"port":53/);
  });

  it("let those who ask it out to it, and nowhere else but DNS", () => {
    const spec = byName("account-active");
    assert.deepEqual(spec?.policyTypes, ["Egress"]);
    assert.deepEqual(spec?.egress?.[0], {
      to: [{ podSelector: { matchLabels: { "app.kubernetes.io/name": "account-sync" } } }],
      ports: [{ protocol: "TCP", port: 8080 }],
    });
    assert.equal(spec?.egress?.length, 2);
  });
});
