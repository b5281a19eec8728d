import assert from "node:assert/strict";
import { type TenantPolicyArgs, tenantPolicies } from "../../../../components/tenant/network-policies";

const args: TenantPolicyArgs = {
  tenant: "acme",
  platformNamespace: "nats",
  monitoringNamespace: "vrsky-monitoring",
  egress: "restricted",
  workerNamespaces: false,
};
const policy = (name: string, changes: Partial<TenantPolicyArgs> = {}) =>
  tenantPolicies({ ...args, ...changes }).find((one) => one.name === name)?.spec;
const isolation = "tenant-nats-isolation-acme";
const workers = "tenant-nats-workers-acme";
const dns = {
  to: [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "kube-system" } } }],
  ports: [
    { protocol: "UDP", port: 53 },
    { protocol: "TCP", port: 53 },
  ],
};
const client = [{ protocol: "TCP", port: 4222 }];

describe("network policies of a tenant", () => {
  it("let the tenant's pods to its instances, monitoring to 8222, and nothing out but DNS", () => {
    assert.deepEqual(policy(isolation), {
      podSelector: { matchLabels: { app: "nats", "tenant-id": "acme" } },
      policyTypes: ["Ingress", "Egress"],
      ingress: [
        { from: [{ podSelector: { matchLabels: { "tenant-id": "acme" } } }], ports: client },
        {
          from: [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "vrsky-monitoring" } } }],
          ports: [{ protocol: "TCP", port: 8222 }],
        },
      ],
      egress: [dns],
    });
  });

  it("let the tenant's workers to its instances and to the platform's client port, which its instances may not", () => {
    assert.deepEqual(policy(workers), {
      podSelector: {
        matchLabels: { "tenant-id": "acme" },
        matchExpressions: [{ key: "app", operator: "NotIn", values: ["nats"] }],
      },
      policyTypes: ["Egress"],
      egress: [
        { to: [{ podSelector: { matchLabels: { app: "nats", "tenant-id": "acme" } } }], ports: client },
        {
          to: [
            {
              namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "nats" } },
              podSelector: {
                matchLabels: {
                  "app.kubernetes.io/component": "nats",
                  "app.kubernetes.io/instance": "nats",
                  "app.kubernetes.io/name": "nats",
                },
              },
            },
          ],
          ports: client,
        },
        dns,
      ],
    });
  });

  it("let everything out when egress is open, and nothing more in", () => {
    for (const name of [isolation, workers]) {
      const [restricted, open] = [policy(name), policy(name, { egress: "open" })];
      assert.deepEqual(open?.egress, [...(restricted?.egress ?? []), {}]);
      assert.deepEqual(open?.ingress, restricted?.ingress);
    }
  });

  it("let in other namespaces only with their label and the pod's together, when told to", () => {
    assert.deepEqual(policy(isolation, { workerNamespaces: true })?.ingress?.[0], {
      from: [
        { podSelector: { matchLabels: { "tenant-id": "acme" } } },
        {
          namespaceSelector: { matchLabels: { "nats-platform/tenant": "acme" } },
          podSelector: { matchLabels: { "tenant-id": "acme" } },
        },
      ],
      ports: client,
    });
  });
});
