import assert from "node:assert/strict";
import type { V1Pod } from "@kubernetes/client-node";
import {
  type DrainFacts,
  drainProblems,
  isLost,
  podsToEvict,
  serversToEvict,
  streamsAway,
  waitsForNode,
} from "../../../../commands/ctl/drain/plan";

const server = (index: number, more: { ready?: boolean; node?: string; leaving?: boolean } = {}): V1Pod => ({
  metadata: { name: `nats-${index}`, namespace: "nats", ...(more.leaving ? { deletionTimestamp: new Date() } : {}) },
  spec: { containers: [], nodeName: more.node ?? `node-${index}` },
  status: { conditions: [{ type: "Ready", status: more.ready === false ? "False" : "True" }] },
});

const stream = (more: object = {}) => ({
  account: "A",
  name: "S",
  replicas: 3,
  leader: "nats-0",
  problems: [],
  ...more,
});

const facts = (more: Partial<DrainFacts> = {}): DrainFacts => ({
  node: "node-1",
  servers: [server(0), server(1), server(2)],
  replicas: 3,
  pods: [],
  placement: { clustered: true, metaLeader: "nats-0", problems: [], streams: [stream()] },
  ...more,
});

describe("whether NATS can do without the server on a node", () => {
  it("it can when all others are ready and all streams current", () => assert.deepEqual(drainProblems(facts()), []));

  it("it can always do without a node that has no server, or only one on its way out", () => {
    const wrong = { placement: { clustered: true, problems: ["no leader"], streams: [] } };
    assert.deepEqual(drainProblems(facts({ ...wrong, node: "node-9" })), []);
    assert.deepEqual(
      drainProblems(facts({ ...wrong, servers: [server(0), server(1, { leaving: true }), server(2)] })),
      [],
    );
  });

  it("not while another is not ready, or missing", () => {
    const servers = [server(0, { ready: false }), server(1), server(2)];
    assert.match(drainProblems(facts({ servers })).join(), /^nats-0 is not ready/);
    assert.match(drainProblems(facts({ servers: [server(0), server(1)] })).join(), /1 of 3 servers does not exist/);
  });

  it("not while a stream or the metadata has a replica that is not current", () => {
    const behind = stream({ problems: ["replica on nats-2 is offline"] });
    const problems = drainProblems(
      facts({ placement: { clustered: true, problems: ["replica on nats-2 is offline"], streams: [behind] } }),
    );
    assert.deepEqual(problems, [
      "JetStream's metadata: replica on nats-2 is offline",
      "stream S of A: replica on nats-2 is offline",
    ]);
  });

  it("not when the rest is no majority, or there is no rest", () => {
    const two = [server(0, { node: "node-1" }), server(1), server(2)];
    assert.match(drainProblems(facts({ servers: two })).join(), /nats-0, nats-1 of 3 servers .* no majority/);
    assert.match(drainProblems(facts({ servers: [server(1)], replicas: 1 })).join(), /the only server/);
  });

  it("names the streams that go with it: of one replica, there", () => {
    const alone = stream({ name: "ALONE", replicas: 1, leader: "nats-1" });
    const elsewhere = stream({ name: "OTHER", replicas: 1, leader: "nats-2" });
    const placement = { clustered: true, problems: [], streams: [stream(), alone, elsewhere] };
    assert.deepEqual(streamsAway(facts({ placement })), ["ALONE of A"]);
    assert.deepEqual(
      serversToEvict(facts()).map(({ metadata }) => metadata?.name),
      ["nats-1"],
    );
  });
});

describe("which pods a drain evicts", () => {
  const pod = (name: string, kind?: string, annotations = {}): V1Pod => ({
    metadata: {
      name,
      annotations,
      ...(kind
        ? { ownerReferences: [{ kind, controller: true, apiVersion: "apps/v1", name: "owner", uid: "1" }] }
        : {}),
    },
  });

  it("all but a DaemonSet's and the kubelet's own", () => {
    const pods = [
      pod("app", "ReplicaSet"),
      pod("agent", "DaemonSet"),
      pod("static", "Node", { "kubernetes.io/config.mirror": "x" }),
      pod("bare"),
    ];
    assert.deepEqual(
      podsToEvict(pods).map(({ metadata }) => metadata?.name),
      ["app", "bare"],
    );
    assert.deepEqual(
      podsToEvict(pods)
        .filter(isLost)
        .map(({ metadata }) => metadata?.name),
      ["bare"],
    );
  });
});

describe("whether a server waits for a node", () => {
  it("when the scheduler says so, and not before", () => {
    const pending = (conditions: object[]) =>
      ({ spec: { containers: [] }, status: { conditions } }) as unknown as V1Pod;
    assert.equal(waitsForNode(pending([])), undefined);
    const said = [{ type: "PodScheduled", status: "False", message: "0/3 nodes are available" }];
    assert.equal(waitsForNode(pending(said)), "0/3 nodes are available");
    assert.equal(waitsForNode(server(1)), undefined);
  });
});
