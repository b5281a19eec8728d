import assert from "node:assert/strict";
import type { V1NetworkPolicy, V1Node, V1Pod, V1Secret } from "@kubernetes/client-node";
import { clusterChecks, notReadyReason } from "../../../../commands/verify/cluster-checks";
import { accountJwts, type Snapshot } from "../../../../commands/verify/snapshot";
import { networkPolicies } from "../../../../components/platform/network-policies";
import { admissionPolicies } from "../../../../components/tenancy/admission";
import type { Expected } from "../../../../services/verify/contract";
import { runChecks } from "../../../../services/verify/runner";

const expected: Expected = {
  replicas: 3,
  buckets: [],
  accounts: {},
  operator: "O",
  jetstream: true,
  leafnodes: true,
  metrics: true,
  admission: {
    tenantsNamespace: "vrsky-tenants",
    action: "deny",
    audience: "nats",
    maxTokenSeconds: 7200,
    mapping: [],
  },
};

const ready = [{ type: "Ready", status: "True" }];

const pod = (index: number, node = `node-${index + 1}`): V1Pod => ({
  metadata: { name: `nats-${index}` },
  spec: { nodeName: node, containers: [] },
  status: { conditions: ready },
});

const node = (name: string, spec: V1Node["spec"] = {}): V1Node => ({
  metadata: { name },
  spec,
  status: { conditions: ready },
});

const service = (name: string, numbers: number[]) => ({
  metadata: { name },
  spec: { ports: numbers.map((port) => ({ port })) },
});

const endpoints = (name: string, count: number) => ({
  metadata: { labels: { "kubernetes.io/service-name": name } },
  addressType: "IPv4",
  endpoints: Array.from({ length: count }, () => ({ addresses: ["10.0.0.1"], conditions: { ready: true } })),
});

/** The platform's policies as the client library gives them back: with `_from`. */
const policies: V1NetworkPolicy[] = networkPolicies(expected).map(({ name, spec }) => ({
  metadata: { name },
  spec: JSON.parse(JSON.stringify(spec).replaceAll('"from":', '"_from":')),
}));

/** The policies at admission as the API server has them: with defaults of its own. */
const admission: NonNullable<Snapshot["admission"]> = {
  policies: admissionPolicies(expected.admission).map(({ name, spec }) => ({
    metadata: { name },
    spec: { ...structuredClone(spec), matchConstraints: { ...spec.matchConstraints, matchPolicy: "Equivalent" } },
  })),
  bindings: admissionPolicies(expected.admission).flatMap(({ name, bindings }) =>
    bindings.map((binding) => ({
      metadata: { name: binding.name },
      spec: {
        policyName: name,
        validationActions: ["Deny"],
        matchResources: { namespaceSelector: binding.namespaceSelector, objectSelector: {}, matchPolicy: "Equivalent" },
      },
    })),
  ),
};

const sound: Snapshot = {
  namespace: "nats",
  pods: [pod(0), pod(1), pod(2)],
  nodes: [node("node-1"), node("node-2"), node("node-3")],
  services: [service("nats", [4222, 7422]), service("nats-headless", [4222, 6222, 8222])],
  endpointSlices: [endpoints("nats", 3), endpoints("nats-headless", 3)],
  podDisruptionBudgets: [
    {
      metadata: { name: "nats" },
      status: { expectedPods: 3, desiredHealthy: 2, disruptionsAllowed: 1, currentHealthy: 3 },
    },
  ],
  networkPolicies: policies,
  admission,
  accountSecrets: [],
};

async function failures(change: Partial<Snapshot>): Promise<Record<string, string>> {
  const results = await runChecks(clusterChecks, { snapshot: { ...sound, ...change }, expected });
  return Object.fromEntries(results.filter(({ ok }) => !ok).map(({ name, detail }) => [name, detail]));
}

describe("checks of the cluster's objects", () => {
  it("find nothing wrong with a sound platform", async () => {
    assert.deepEqual(await failures({}), {});
  });

  it("miss a server that was deleted", async () => {
    const found = await failures({ pods: [pod(0), pod(2)] });
    assert.equal(found["pods-ready"], "2 of 3 ready: nats-1 does not exist");
    assert.equal(found["pods-spread"], "skipped: needs pods-ready");
  });

  it("see a server that is not ready, or being deleted", async () => {
    const starting = { ...pod(1), status: { conditions: [], phase: "Running" } };
    assert.match((await failures({ pods: [pod(0), starting, pod(2)] }))["pods-ready"] ?? "", /nats-1 is not ready/);
    const leaving = { ...pod(1), metadata: { name: "nats-1", deletionTimestamp: new Date() } };
    assert.match((await failures({ pods: [pod(0), leaving, pod(2)] }))["pods-ready"] ?? "", /nats-1 is being deleted/);
  });

  it("miss a network policy, and see a widened one", async () => {
    const without = policies.filter(({ metadata }) => metadata?.name !== "default-deny");
    assert.equal((await failures({ networkPolicies: without }))["network-policies"], "default-deny does not exist");
    const widened = policies.map((policy) =>
      policy.metadata?.name === "nats-servers" ? { ...policy, spec: { podSelector: {}, ingress: [{}] } } : policy,
    );
    assert.equal((await failures({ networkPolicies: widened }))["network-policies"], "nats-servers was changed");
  });

  it("miss a policy at admission or its binding, see a weakened one, and say so where nobody may look", async () => {
    const { policies, bindings } = admission;
    const name = "nats-platform-vrsky-tenants-tokens";
    const others = <T extends { metadata?: { name?: string } }>(items: readonly T[], of: string) =>
      items.filter(({ metadata }) => metadata?.name !== of);
    const found = async (change: Snapshot["admission"]) =>
      (await failures({ admission: change }))["admission-policies"];
    assert.equal(await found({ policies: others(policies, name), bindings }), `${name} does not exist`);
    const unbound = { policies, bindings: others(bindings, `${name}-apps`) };
    assert.equal(await found(unbound), `its binding ${name}-apps does not exist`);
    const changedSpec = (spec: object) => ({
      bindings,
      policies: policies.map((one) => (one.metadata?.name === name ? { ...one, spec: { ...one.spec, ...spec } } : one)),
    });
    assert.equal(await found(changedSpec({ failurePolicy: "Ignore" })), `${name} was changed`);
    assert.equal(await found(changedSpec({ validations: [] })), `${name} was changed`);
    const changedBinding = (spec: object) => ({
      policies,
      bindings: bindings.map((one) => (one.metadata?.name === name ? { ...one, spec: { ...one.spec, ...spec } } : one)),
    });
    for (const spec of [{ validationActions: ["Audit"] }, { matchResources: {} }, { policyName: "other" }]) {
      assert.equal(await found(changedBinding(spec)), `its binding ${name} was changed`);
    }
    assert.match((await found(undefined)) ?? "", /cannot be listed/);
  });

  it("see a server too many", async () => {
    assert.equal((await failures({ pods: [...sound.pods, pod(3)] }))["pods-ready"], "4 pods, not 3");
  });

  it("see two servers on a node while another has none", async () => {
    const found = await failures({ pods: [pod(0), pod(1, "node-1"), pod(2)] });
    assert.match(found["pods-spread"] ?? "", /^node-1 has nats-0, nats-1, though 3 nodes/);
  });

  it("accept what fewer nodes allow: those that take no pods do not count", async () => {
    const onTwo = [pod(0), pod(1), pod(2, "node-2")];
    assert.deepEqual(await failures({ pods: onTwo, nodes: [node("node-1"), node("node-2")] }), {});
    const tainted = node("node-3", { taints: [{ key: "k", effect: "NoSchedule" }] });
    assert.deepEqual(await failures({ pods: onTwo, nodes: [node("node-1"), node("node-2"), tainted] }), {});
    const cordoned = node("node-3", { unschedulable: true });
    assert.deepEqual(await failures({ pods: onTwo, nodes: [node("node-1"), node("node-2"), cordoned] }), {});
    const onOne = [pod(0, "n"), pod(1, "n"), pod(2, "n")];
    assert.deepEqual(await failures({ pods: onOne, nodes: [node("n")] }), {});
  });

  it("judge by the pods alone where nodes may not be listed", async () => {
    assert.deepEqual(await failures({ nodes: undefined }), {});
  });

  it("see a Service that is missing, lacks a port or an endpoint", async () => {
    const [nats, headless] = sound.services;
    assert.ok(nats && headless);
    assert.equal((await failures({ services: [nats] })).services, "Service nats-headless does not exist");
    assert.equal(
      (await failures({ services: [service("nats", [4222]), headless] })).services,
      "Service nats has no port 7422",
    );
    const fewer = [endpoints("nats", 2), endpoints("nats-headless", 3)];
    assert.equal((await failures({ endpointSlices: fewer })).services, "Service nats has 2 endpoints, not 3");
  });

  const budget = (status: object) => [
    {
      metadata: { name: "nats" },
      status: { expectedPods: 3, desiredHealthy: 2, disruptionsAllowed: 1, currentHealthy: 3, ...status },
    },
  ];
  const budgets: [string, Partial<Snapshot>, RegExp][] = [
    ["missing", { podDisruptionBudgets: [] }, /does not exist/],
    ["of other pods", { podDisruptionBudgets: budget({ expectedPods: 0 }) }, /covers 0 pods, not 3/],
    ["that lets the majority go", { podDisruptionBudgets: budget({ desiredHealthy: 1 }) }, /a majority is 2/],
    ["that lets nobody go", { podDisruptionBudgets: budget({ disruptionsAllowed: 0 }) }, /cannot be drained/],
  ];
  for (const [what, change, pattern] of budgets) {
    it(`see a PodDisruptionBudget ${what}`, async () => {
      assert.match((await failures(change))["pod-disruption-budget"] ?? "", pattern);
    });
  }
});

describe("notReadyReason", () => {
  const status = (containerStatuses: object[]) =>
    notReadyReason({ status: { containerStatuses: containerStatuses as never } });

  it("tells why a container waits, has ended, or is not ready", () => {
    const waiting = { waiting: { reason: "ImagePullBackOff", message: "no such image" } };
    assert.equal(status([{ name: "nats", state: waiting }]), "waits: nats: ImagePullBackOff no such image");
    const ended = { terminated: { reason: "Error", exitCode: 1 } };
    assert.equal(status([{ name: "nats", state: ended }]), "has ended: nats: Error, exit code 1");
    assert.equal(status([{ name: "nats", state: { running: {} }, ready: false }]), "runs, but nats is not ready");
  });

  it("tells why there is no node", () => {
    const conditions = [{ type: "PodScheduled", status: "False", message: "0/3 nodes are available" }];
    assert.equal(notReadyReason({ status: { conditions } }), "has no node: 0/3 nodes are available");
  });
});

describe("accountJwts", () => {
  it("reads JWTs by account id, and leaves out what is incomplete", () => {
    const secret = (id: string | undefined, jwt: string | undefined): V1Secret => ({
      metadata: { annotations: id ? { "nats-platform/account-id": id } : {} },
      data: jwt ? { "account.jwt": Buffer.from(`${jwt}\n`).toString("base64") } : {},
    });
    assert.deepEqual(accountJwts([secret("A1", "jwt"), secret(undefined, "jwt"), secret("A2", undefined)]), {
      A1: "jwt",
    });
  });
});
