import { strict as assert } from "node:assert";
import { createPublicKey, type JsonWebKey, verify } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { cutNode, down, healNode, killNode, startNode, status, up } from "../../local/cluster";
import { type ClusterLayout, clusterLayout } from "../../local/cluster/layout";
import { machineProcess, powerOff } from "../../local/cluster/machine";
import { waitFor } from "../../local/cluster/wait";
import { differences, type HostSnapshot, hostSnapshot, killPrograms, processesMentioning } from "./cluster-host";
import { isReady, namespace, Workload } from "./cluster-workload";

const name = "cluster-test";
const apiToken = "/var/run/secrets/kubernetes.io/serviceaccount/token";
const quiet = { progress: () => {} };

describe("the local cluster", function () {
  this.timeout(240_000);
  let untouched: HostSnapshot;
  let workload: Workload;
  let cluster: ClusterLayout;

  before(async () => {
    await down(name, quiet); // left by a run that was killed
    untouched = hostSnapshot();
    cluster = clusterLayout(name);
    const state = await up(name, quiet);
    assert.equal(state.state, "up");
    workload = new Workload(state.kubeconfig);
    await workload.create();
  });

  after(() => down(name, quiet));

  it("keeps its state private", () => {
    const { root } = cluster;
    assert.equal(fs.statSync(root).mode & 0o777, 0o700);
    for (const file of fs.readdirSync(path.join(root, "pki"))) {
      assert.equal(fs.statSync(path.join(root, "pki", file)).mode & 0o777, 0o600, file);
    }
    assert.equal(fs.statSync(path.join(root, "kubeconfig")).mode & 0o777, 0o600);
  });

  it("has a zone and a server on each node, and listens on no address of the host", async () => {
    const { items } = await workload.core.listNode();
    assert.deepEqual(
      items.map(({ metadata }) => [metadata?.name, metadata?.labels?.["topology.kubernetes.io/zone"]]),
      [1, 2, 3].map((n) => [`node-${n}`, `zone-${n}`]),
    );
    const nodes = (await workload.pods()).map(({ spec }) => spec?.nodeName).sort();
    assert.deepEqual(nodes, ["node-1", "node-2", "node-3"]);
    // What is in other network namespaces cannot listen on the host's addresses.
    const { root } = cluster;
    const ofTheCluster = processesMentioning(`${root}/machines/`);
    assert.ok(ofTheCluster.length > 20);
    assert.deepEqual(
      ofTheCluster.filter(({ network }) => network === fs.readlinkSync("/proc/self/ns/net")),
      [],
    );
  });

  it("carries names, Services and the API to pods on every node", async () => {
    for (const pod of ["web-0", "web-1", "web-2"]) {
      for (const other of ["web-0", "web-1", "web-2"]) {
        assert.equal(await workload.run(pod, `timeout 5 wget -qO- http://${other}.web:8080/name`), other);
      }
      assert.match(
        await workload.run(pod, `timeout 5 wget -qO- http://web-any.${namespace}.svc.cluster.local/name`),
        /^web-/,
      );
      const { apiServiceAddress } = cluster;
      await workload.run(pod, `nc -w 5 ${apiServiceAddress} 443 </dev/null`);
    }
  });

  it("does not lead out of the cluster, and says so at once", async () => {
    const started = Date.now();
    await assert.rejects(workload.run("web-0", "timeout 20 wget -qO- http://192.0.2.1/"), /unreachable|can't connect/i);
    assert.ok(Date.now() - started < 10_000);
  });

  it("issues tokens of service accounts that can be verified with the published keys", async () => {
    const token = await workload.run("web-0", "cat /token/token");
    const [header = "", claims = "", signature = ""] = token.split(".");
    const decoded = JSON.parse(Buffer.from(claims, "base64url").toString()) as Record<string, unknown>;
    assert.deepEqual(decoded.aud, ["nats"]);
    assert.equal(decoded.iss, "https://kubernetes.default.svc.cluster.local");
    assert.equal(decoded.sub, `system:serviceaccount:${namespace}:default`);
    const keys = await workload.get("/openid/v1/jwks", await workload.run("web-0", `cat ${apiToken}`));
    const [key] = (JSON.parse(keys) as { keys: JsonWebKey[] }).keys;
    assert.ok(key);
    const publicKey = createPublicKey({ key, format: "jwk" });
    const signed = Buffer.from(`${header}.${claims}`);
    assert.ok(verify("RSA-SHA256", signed, publicKey, Buffer.from(signature, "base64url")));
  });

  it("enforces NetworkPolicies between nodes", async () => {
    const body = {
      metadata: { name: "web-1-is-closed" },
      spec: {
        podSelector: { matchLabels: { "statefulset.kubernetes.io/pod-name": "web-1" } },
        policyTypes: ["Ingress"],
      },
    };
    const fetchFrom = (pod: string, other: string) =>
      workload.run(pod, `timeout 2 wget -qO- http://${other}.web:8080/name`);
    await workload.networking.createNamespacedNetworkPolicy({ namespace, body });
    await waitFor(
      async () =>
        fetchFrom("web-0", "web-1").then(
          () => "web-1 still answers",
          () => undefined,
        ),
      {
        what: "the policy",
        timeoutMs: 15_000,
      },
    );
    assert.equal(await fetchFrom("web-0", "web-2"), "web-2");
    await workload.networking.deleteNamespacedNetworkPolicy({ namespace, name: "web-1-is-closed" });
    await waitFor(async () => void (await fetchFrom("web-0", "web-1")), { what: "web-1", timeoutMs: 15_000 });
  });

  it("refuses pods that are not restricted where only those are admitted", async () => {
    const body = { metadata: { name: "rooted" }, spec: { containers: [{ name: "c", image: "none" }] } };
    await assert.rejects(workload.core.createNamespacedPod({ namespace, body }), /violates PodSecurity/);
  });

  it("does nothing when brought up again", async () => {
    const layout = cluster;
    const machines = [layout.controlPlane, ...layout.nodes];
    const processes = machines.map(machineProcess);
    const uids = (await workload.pods()).map(({ metadata, status: state }) => [metadata?.uid, state?.podIP]);
    await up(name, quiet);
    assert.deepEqual(machines.map(machineProcess), processes);
    assert.deepEqual(
      (await workload.pods()).map(({ metadata, status: state }) => [metadata?.uid, state?.podIP]),
      uids,
    );
  });

  it("starts an agent anew when what it should run has changed, and no other", async () => {
    const [node] = cluster.nodes;
    assert.ok(node);
    const running = (agent: string) => `/proc/${machineProcess(node)}/root/run/agents/${agent}`;
    const kubelet = fs.readFileSync(`${running("kubelet")}.pid`, "utf8");
    fs.appendFileSync(running("kube-proxy"), "# an older version\n");
    await up(name, quiet);
    const installed = fs.readFileSync(path.join(node.dir, "agents/kube-proxy"), "utf8");
    await waitFor(
      async () => (fs.readFileSync(running("kube-proxy"), "utf8") === installed ? undefined : "the older one runs"),
      { what: "kube-proxy", timeoutMs: 10_000 },
    );
    assert.equal(fs.readFileSync(`${running("kubelet")}.pid`, "utf8"), kubelet);
  });

  it("loses a node and everything on it at once, and keeps its disk", async () => {
    await workload.run("web-1", "echo kept > /data/kept; sync");
    const victim = (await workload.pods()).find(({ metadata }) => metadata?.name === "web-1")?.spec?.nodeName ?? "";
    const number = Number(victim.split("-")[1]);
    await killNode(name, number);
    assert.deepEqual(processesMentioning(`${name}/machines/${victim}/`), []);
    await killNode(name, number); // again: nothing to do
    await untilNode(victim, false);
    assert.equal((await status(name)).state, "degraded");
    await startNode(name, number);
    await untilNode(victim, true);
    await workload.untilReady(3);
    assert.equal(await workload.run("web-1", "cat /data/kept"), "kept");
    await startNode(name, number); // again: nothing to do
  });

  it("cuts a node off and takes it back", async () => {
    await cutNode(name, 3);
    await cutNode(name, 3);
    await untilNode("node-3", false);
    assert.equal((await status(name)).nodes[2]?.power, "on");
    await healNode(name, 3);
    await healNode(name, 3);
    await untilNode("node-3", true);
    await workload.untilReady(3);
  });

  it("starts etcd and the API server again when they die", async () => {
    const { root } = cluster;
    assert.equal(killPrograms(["etcd", "kube-apiserver"], root), 2);
    assert.equal((await up(name, quiet)).state, "up");
    assert.equal((await workload.pods()).filter(isReady).length, 3);
  });

  it("wires running nodes to a control plane that had to be switched on again", async () => {
    const { controlPlane, nodes } = cluster;
    const processes = nodes.map(machineProcess);
    await powerOff(controlPlane);
    assert.equal((await up(name, quiet)).state, "up");
    assert.deepEqual(nodes.map(machineProcess), processes);
    assert.equal(await workload.run("web-0", "timeout 5 wget -qO- http://web-1.web:8080/name"), "web-1");
  });

  it("comes back after every process of it was killed", async () => {
    const { root } = cluster;
    assert.ok(killPrograms(["bash", "unshare"], root) >= 4);
    await waitFor(
      async () => (processesMentioning(`${root}/machines/`).length === 0 ? undefined : "processes are left"),
      {
        what: "the end of all machines",
        timeoutMs: 10_000,
      },
    );
    assert.equal((await up(name, quiet)).state, "up");
    // What Kubernetes says of the pods is from before for a moment.
    await waitFor(async () => void assert.equal(await workload.run("web-1", "cat /data/kept"), "kept"), {
      what: "web-1",
      timeoutMs: 60_000,
    });
    await workload.untilReady(3);
  });

  it("starts a node again that is off when the cluster is brought up", async () => {
    await killNode(name, 2);
    await cutNode(name, 1);
    assert.equal((await up(name, quiet)).state, "up");
    await workload.untilReady(3);
  });

  it("deletes volumes with their claims, and makes new ones", async () => {
    await workload.delete();
    const { nodes } = cluster;
    await waitFor(
      async () => {
        const { items } = await workload.core.listPersistentVolume();
        const folders = nodes.flatMap((node) => fs.readdirSync(node.volumes));
        return items.length + folders.length === 0 ? undefined : `${items.length} volumes, ${folders.length} folders`;
      },
      { what: "the end of all volumes", timeoutMs: 60_000 },
    );
    await waitFor(
      async () => {
        const { items } = await workload.core.listNamespace();
        return items.some(({ metadata }) => metadata?.name === namespace) ? "the namespace is still there" : undefined;
      },
      { what: "the namespace's end", timeoutMs: 60_000 },
    );
    await workload.create();
  });

  it("leaves nothing behind when taken down", async () => {
    await down(name, quiet);
    await waitFor(async () => differences(untouched, hostSnapshot(), othersDoing).join("; ") || undefined, {
      what: "a host as it was before",
      timeoutMs: 10_000,
    });
    assert.equal((await status(name)).state, "down");
    await down(name, quiet); // again: nothing to do
  });

  /** Whether a difference is the doing of another cluster or the package manager. */
  function othersDoing(difference: string): boolean {
    const { hostInterface, root } = cluster;
    const mentioned =
      difference.match(/nats-platform\d+|nats-platform-[a-z0-9-]+-node-\d|clusters\/[a-z0-9-]+\/|\b(dpkg|apt)\b/g) ??
      [];
    const ours = [hostInterface, `nats-platform-${name}-node-`, path.basename(root)];
    if (difference.startsWith("clusters: ")) return !difference.endsWith(name);
    return mentioned.length > 0 && !mentioned.some((text) => ours.some((own) => text.includes(own)));
  }

  async function untilNode(node: string, ready: boolean): Promise<void> {
    await waitFor(
      async () => {
        const state = (await status(name)).nodes.find((candidate) => candidate.name === node);
        return state?.ready === ready ? undefined : `it is ${state?.ready ? "Ready" : "not Ready"}`;
      },
      { what: node, timeoutMs: 60_000, intervalMs: 500 },
    );
  }
});
