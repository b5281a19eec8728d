import assert from "node:assert/strict";
import { serverPods } from "../../commands/kubernetes";
import { cutNode, healNode, killNode, startNode } from "../../local/cluster";
import { type Load, startLoad } from "./support/load";
import { assertVerified, changes, cluster, core, eventually, namespace, stack, target, up } from "./support/platform";
import { variants } from "./variants";

/** Node a server runs on, as its number: `node-2` is 2. */
async function nodeOf(server: string): Promise<{ name: string; number: number }> {
  const pod = (await serverPods(target, namespace)).find(({ metadata }) => metadata?.name === server);
  const name = pod?.spec?.nodeName ?? "";
  return { name, number: Number(name.replace(/\D+/, "")) };
}

/** Ends the load; every message that was acknowledged must be stored. Prints the figures. */
async function assertNothingLost(load: Load, what: string): Promise<void> {
  const { acknowledged, lost, stored, currentFollowers, longestGapMs, disconnects } = await load.stop();
  process.stdout.write(
    `      ${what}: ${acknowledged} acknowledged, ${stored} stored, ${lost} lost, longest gap ${longestGapMs} ms, ${disconnects} disconnects\n`,
  );
  assert.equal(lost, 0);
  assert.equal(currentFollowers, 2);
  assert.ok((stored ?? 0) >= acknowledged);
}

async function serversReady(): Promise<boolean> {
  const pods = await serverPods(target, namespace);
  const ready = pods.filter(({ status }) => status?.conditions?.some((c) => c.type === "Ready" && c.status === "True"));
  return ready.length === 3;
}

describe("platform under load", () => {
  before("up", () => up());

  afterEach("every node runs and is connected again, whatever a failed test left", async () => {
    for (const number of [1, 2, 3]) {
      await startNode(cluster, number);
      await healNode(cluster, number);
    }
    await eventually("all servers ready", serversReady);
  });

  it("loses nothing when its servers are rolled one by one for another memory limit", async () => {
    const before = (await serverPods(target, namespace)).map(({ metadata }) => metadata?.uid);
    const load = await startLoad("ROLL");
    const { summary } = await up(variants["more-memory"]);
    assert.deepEqual(changes(summary.resourceChanges), { update: 1 });
    await load.progress(500);
    await assertNothingLost(load, "rolling update");
    const after = (await serverPods(target, namespace)).map(({ metadata }) => metadata?.uid);
    assert.ok(
      after.every((uid) => !before.includes(uid)),
      "every server was replaced",
    );
  });

  it("loses nothing when the node of the stream's leader loses power", async () => {
    const victim = await nodeOf("nats-1");
    const load = await startLoad("POWER", { leader: "nats-1", avoidNode: victim.name });
    await killNode(cluster, victim.number);
    await load.progress(2_000);
    await startNode(cluster, victim.number);
    await eventually("all servers ready", serversReady);
    await assertNothingLost(load, `power loss of ${victim.name}`);
    await assertVerified();
  });

  it("loses nothing when the node of the stream's leader is cut off the network", async () => {
    const node = await nodeOf("nats-1");
    const load = await startLoad("CUT", { leader: "nats-1", avoidNode: node.name });
    await cutNode(cluster, node.number);
    await load.progress(2_000);
    await healNode(cluster, node.number);
    await eventually("all servers ready", serversReady);
    await assertNothingLost(load, `network cut of ${node.name}`);
    await assertVerified();
  });

  it("rotates the operator's signing key, accounts and users without a lost message", async () => {
    const old = await core().readNamespacedSecret({ namespace, name: "nats-control-plane-creds" });
    const load = await startLoad("ROTATE");
    await up({ operatorEpoch: 2, accountsEpoch: 2, usersEpoch: 2 });
    await load.progress(500);
    await assertNothingLost(load, "rotation");
    await assertVerified();
    const rotated = await core().readNamespacedSecret({ namespace, name: "nats-control-plane-creds" });
    assert.notEqual(rotated.data?.["nats.creds"], old.data?.["nats.creds"]);
    assert.deepEqual(
      changes((await (await stack({ operatorEpoch: 2, accountsEpoch: 2, usersEpoch: 2 })).preview()).changeSummary),
      {},
    );
  });
});
