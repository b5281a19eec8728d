import assert from "node:assert/strict";
import { networkPolicies } from "../../../../components/platform/network-policies";

const policies = networkPolicies({ leafnodes: true, metrics: true });
const byName = (name: string) => policies.find((policy) => policy.name === name)?.spec;

describe("network policies of the platform", () => {
  it("deny everything first, both ways", () => {
    assert.deepEqual(byName("default-deny"), { podSelector: {}, policyTypes: ["Ingress", "Egress"] });
  });

  it("admit clients by namespace and pod label together, on the client and leaf node ports only", () => {
    assert.deepEqual(byName("nats-servers")?.ingress?.[0], {
      from: [
        {
          namespaceSelector: { matchLabels: { "nats-platform/clients": "true" } },
          podSelector: { matchLabels: { "nats-platform/client": "true" } },
        },
      ],
      ports: [
        { protocol: "TCP", port: 4222 },
        { protocol: "TCP", port: 7422 },
      ],
    });
  });

  it("admit routes from other servers of the same namespace only", () => {
    const route = byName("nats-servers")?.ingress?.[1] as { from: object[]; ports: object[] };
    assert.deepEqual(route.ports, [{ protocol: "TCP", port: 6222 }]);
    assert.deepEqual(route.from.map(Object.keys), [["podSelector"]]);
  });

  it("admit monitoring by namespace label on 8222 and 7777", () => {
    assert.deepEqual(byName("nats-servers")?.ingress?.[2], {
      from: [{ namespaceSelector: { matchLabels: { "nats-platform/monitoring": "true" } } }],
      ports: [
        { protocol: "TCP", port: 8222 },
        { protocol: "TCP", port: 7777 },
      ],
    });
  });

  it("open no port of a feature that is off", () => {
    const text = JSON.stringify(networkPolicies({ leafnodes: false, metrics: false }));
    assert.doesNotMatch(text, /7422|7777/);
  });
});
