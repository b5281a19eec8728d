import assert from "node:assert/strict";
import type { V1NetworkPolicy, V1Pod } from "@kubernetes/client-node";
import type { TenantLook } from "../../../../commands/tenant/look";
import { formatTenantReport, tenantReport } from "../../../../commands/tenant/report";
import { instanceLabels } from "../../../../components/labels";
import { restrictedNamespaceLabels } from "../../../../components/pod-security";
import { tenancyPolicies } from "../../../../components/tenancy/objects";
import { tenantPolicies } from "../../../../components/tenant/network-policies";
import type { TenantExpectation } from "../../../../stacks/tenant-outputs";

const expected: TenantExpectation = {
  tenant: "acme",
  account: { name: "tenant-acme", id: "AACME" },
  namespaces: { tenants: "vrsky-tenants", platform: "nats", accounts: "nats-accounts", monitoring: "vrsky-monitoring" },
  instances: ["nats-acme-1", "nats-acme-2"],
  users: [
    { name: "worker", role: "worker", epoch: 3, retiredEpoch: 1, revoked: false },
    { name: "bob", role: "admin", epoch: 1, retiredEpoch: 0, revoked: true },
  ],
  natsUrl: "nats://nats-acme-1.vrsky-tenants.svc.cluster.local:4222",
  platformUrl: "nats://nats.nats.svc.cluster.local:4222",
  limits: { connections: 1000, payload: "1Mi" },
  egress: "restricted",
  apps: { publish: ["shared.>"], subscribe: [] },
  suspended: false,
  workerNamespaces: false,
  metrics: false,
  accountSyncUrl: "http://account-sync.nats.svc.cluster.local:8080",
};

const common = { platformNamespace: "nats", monitoringNamespace: "vrsky-monitoring" };
/** As the API server answers, and as its client hands it over. */
const live = ({ name, spec }: { name: string; spec: object }): V1NetworkPolicy => ({
  metadata: { name },
  spec: JSON.parse(JSON.stringify(spec).replaceAll('"from":', '"_from":')),
});
const policies = [
  ...tenancyPolicies({ ...common, metrics: false }),
  ...tenantPolicies({ ...common, tenant: "acme", egress: "restricted", workerNamespaces: false }),
].map(live);
const pod = (instance: number, changes: Partial<V1Pod["status"]> = {}): V1Pod => ({
  metadata: { name: `nats-acme-${instance}-x`, labels: instanceLabels("acme", instance) },
  spec: { nodeName: "node-1", containers: [] },
  status: {
    conditions: [{ type: "Ready", status: "True" }],
    containerStatuses: [{ name: "nats", restartCount: 1, ready: true, image: "", imageID: "" }],
    ...changes,
  },
});
const look: TenantLook = {
  pods: [pod(1), pod(2)],
  secrets: [{ name: "nats-acme-worker-creds" }, { name: "nats-acme-config" }],
  namespace: { metadata: { labels: { ...restrictedNamespaceLabels } } },
  policies,
  account: {
    account: "tenant-acme",
    id: "AACME",
    issuedAt: "2026-11-21T17:00:00.000Z",
    digest: "d",
    active: true,
    deleting: false,
    servers: [
      { server: "nats-0", state: "current" },
      { server: "nats-acme-1-x", state: "current" },
    ],
  },
};

const wrong = (changes: Partial<TenantLook>, expectation: Partial<TenantExpectation> = {}) =>
  tenantReport({ ...expected, ...expectation }, { ...look, ...changes })
    .facts.filter(({ ok }) => !ok)
    .map(({ name, detail }) => `${name}: ${detail}`);

describe("report on a tenant", () => {
  it("says of a suspended tenant that it is", () => {
    const { ok, facts } = tenantReport({ ...expected, suspended: true }, look);
    assert.equal(ok, true);
    assert.ok(facts.some(({ name }) => name === "suspended"));
    assert.ok(!tenantReport(expected, look).facts.some(({ name }) => name === "suspended"));
  });

  it("has a line for every instance, the account, the limits, all creds, and what isolates it", () => {
    const report = tenantReport(expected, look);
    assert.equal(report.ok, true);
    assert.deepEqual(
      formatTenantReport(report)
        .split("\n")
        .map((line) => line.replace(/ {2,}/, " | ")),
      [
        "✓ instance nats-acme-1 | nats-acme-1-x ready on node-1, 1 restart",
        "✓ instance nats-acme-2 | nats-acme-2-x ready on node-1, 1 restart",
        "✓ account tenant-acme | AACME, in force on all 2 servers since 2026-11-21T17:00:00.000Z",
        "✓ limits | connections 1000, payload 1Mi",
        "✓ apps | annotations may ask to publish shared.>, to subscribe nothing",
        "✓ NATS_URL | nats://nats-acme-1.vrsky-tenants.svc.cluster.local:4222",
        "✓ platform | nats://nats.nats.svc.cluster.local:4222",
        "✓ creds worker | worker, epoch 3, those from 2 on are good, too, Secret vrsky-tenants/nats-acme-worker-creds",
        "✓ creds bob | revoked",
        "✓ isolation default-deny | as declared",
        "✓ isolation account-sync-to-instances | as declared",
        "✓ isolation tenant-nats-isolation-acme | as declared",
        "✓ isolation tenant-nats-workers-acme | as declared",
        "✓ isolation other policies | none",
        "✓ isolation pod security | restricted",
        "tenant acme is as it should be",
        "",
      ],
    );
  });

  const account = look.account as Exclude<TenantLook["account"], string>;
  const cases: [string, Partial<TenantLook>, RegExp, Partial<TenantExpectation>?][] = [
    ["an instance without a pod", { pods: [pod(1)] }, /^instance nats-acme-2: has no pod$/],
    [
      "an instance that is not ready",
      { pods: [pod(1), pod(2, { conditions: [], phase: "Pending" })] },
      /^instance nats-acme-2: nats-acme-2-x .*not ready|runs/,
    ],
    ["two pods of one instance", { pods: [pod(1), pod(2), pod(2)] }, /^instance nats-acme-2: has 2 pods/],
    ["a pod of no instance", { pods: [pod(1), pod(2), pod(3)] }, /^other instances: nats-acme-3-x: of no instance/],
    [
      "account-sync that does not answer",
      { account: "account-sync does not answer" },
      /^account tenant-acme: account-sync/,
    ],
    [
      "another account of that name",
      { account: { ...account, id: "AOTHER" } },
      /^account tenant-acme: is AOTHER in the cluster/,
    ],
    [
      "an account that a server lacks",
      { account: { ...account, active: false, servers: [{ server: "nats-0", state: "missing" }] } },
      /^account tenant-acme: not in force everywhere; nats-0 missing$/,
    ],
    [
      "creds that are not there",
      { secrets: [] },
      /^creds worker: Secret vrsky-tenants\/nats-acme-worker-creds does not exist$/,
    ],
    [
      "creds that should not be there",
      { secrets: [...look.secrets, { name: "nats-acme-bob-creds" }] },
      /^creds bob: revoked, but Secret/,
    ],
    [
      "a policy that is gone",
      { policies: policies.filter(({ metadata }) => metadata?.name !== "tenant-nats-isolation-acme") },
      /^isolation tenant-nats-isolation-acme: does not exist$/,
    ],
    ["a policy that was changed", {}, /^isolation tenant-nats-isolation-acme: was changed/, { workerNamespaces: true }],
    [
      "a policy that opens what others close",
      {
        policies: [
          ...policies,
          live({
            name: "oops",
            spec: { podSelector: { matchLabels: { app: "nats" } }, policyTypes: ["Ingress"], ingress: [{}] },
          }),
          live({ name: "theirs", spec: { podSelector: { matchLabels: { "tenant-id": "globex" } }, ingress: [{}] } }),
          live({ name: "closing", spec: { podSelector: {}, policyTypes: ["Ingress"] } }),
        ],
      },
      /^isolation other policies: oops: also let/,
    ],
    [
      "a namespace that admits any pod",
      { namespace: { metadata: { labels: {} } } },
      /^isolation pod security: the namespace no longer/,
    ],
  ];
  for (const [name, changes, message, expectation] of cases) {
    it(`is red for ${name}, and for nothing else`, () => {
      const found = wrong(changes, expectation);
      assert.equal(found.length, 1, found.join("\n"));
      assert.match(found[0] ?? "", message);
    });
  }
});
