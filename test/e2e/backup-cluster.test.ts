import assert from "node:assert/strict";
import { AckPolicy, jetstreamManager } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/nats-core";
import { backup } from "../../commands/ctl/backup/backup";
import { FolderStore } from "../../commands/ctl/backup/folder-store";
import { restore } from "../../commands/ctl/backup/restore";
import { clear, consume, fill, makeStream, namesIn, nextOf, stored } from "./backup-data";
import { killedWhile } from "./backup-process";
import { abortAt, outcomes, settings } from "./backup-reports";
import { BackupServers } from "./backup-servers";

describe("backup and restore, on three servers", () => {
  let cluster: BackupServers;
  let single: BackupServers;
  let source: NatsConnection;
  let target: NatsConnection;
  let alone: NatsConnection;
  let next = 0;
  let store: FolderStore;
  const save = (more = {}) => backup(source, store, { account: "source", ...more });

  before(async () => {
    cluster = await BackupServers.start(3);
    single = await BackupServers.start(1);
    source = await cluster.connect("source");
    target = await cluster.connect("target");
    alone = await single.connect("target");
  });

  beforeEach(() => {
    store = new FolderStore(cluster.folder(`backup-${++next}`));
  });

  afterEach(() => clear(source, target, alone));

  after(async () => {
    await single.stop();
    await cluster.stop();
  });

  it("brings back all replicas of streams, with consumers where they stood", async () => {
    await makeStream(source, "ORDERS", { num_replicas: 3 });
    await fill(source, "ORDERS", 5_000);
    await consume(source, "ORDERS", "worker", 40);
    await makeStream(source, "PLAIN", { num_replicas: 1 });
    await fill(source, "PLAIN", 500);
    await consume(source, "PLAIN", "worker", 7);
    assert.deepEqual(outcomes(await save()), { ORDERS: "saved", PLAIN: "saved" });
    const report = await restore(target, store, { account: "target" });
    assert.deepEqual(outcomes(report), { ORDERS: "restored", PLAIN: "restored" });
    for (const name of ["ORDERS", "PLAIN"]) {
      const [was, is] = [await stored(source, name), await stored(target, name)];
      assert.equal(is.content.sha256, was.content.sha256, name);
      assert.deepEqual(settings(is.info.config), settings(was.info.config), name);
    }
    const { info } = await stored(target, "ORDERS");
    assert.deepEqual(
      info.cluster?.replicas?.map(({ current }) => current),
      [true, true],
    );
    assert.equal(await nextOf(target, "ORDERS", "worker"), 41);
    assert.equal(await nextOf(target, "PLAIN", "worker"), 8);
  });

  for (const replicas of [3, 1]) {
    it(`goes on with a restore of streams with ${replicas} replicas that was interrupted, or killed`, async () => {
      for (const name of ["A", "B"]) {
        await makeStream(source, name, { num_replicas: replicas });
        await fill(source, name, 1_000, 4_000);
      }
      await save();
      const bringBack = (more = {}) => restore(target, store, { account: "target", ...more });
      await assert.rejects(bringBack(abortAt("B", "restoring")), /stopped/);
      assert.deepEqual(await namesIn(target), ["A"]);
      assert.deepEqual(outcomes(await bringBack()), { A: "already there", B: "restored" });
      assert.equal((await stored(target, "B")).content.sha256, (await stored(source, "B")).content.sha256);

      await clear(target);
      const at = { stream: "B", doing: "restoring" } as const;
      await killedWhile(cluster.login("target"), ["restore", store.name], at);
      assert.deepEqual(await namesIn(target), ["A", "B"], "the cluster keeps the name");
      assert.deepEqual(outcomes(await bringBack()), { A: "already there", B: "restored" });
      assert.equal((await stored(target, "B")).content.sha256, (await stored(source, "B")).content.sha256);

      await clear(target);
      await killedWhile(cluster.login("target"), ["restore", store.name], at);
      // By then servers have given it up; of some streams they have made an empty one.
      await new Promise((resolve) => setTimeout(resolve, 15_000));
      assert.deepEqual(outcomes(await bringBack()), { A: "already there", B: "restored" });
      assert.equal((await stored(target, "B")).content.sha256, (await stored(source, "B")).content.sha256);
    });
  }

  it("brings streams to fewer servers when told how many replicas they may have", async () => {
    await makeStream(source, "ORDERS", { num_replicas: 3, placement: { cluster: "test", tags: [] } });
    await fill(source, "ORDERS", 500);
    await consume(source, "ORDERS", "worker", 5);
    await save();
    const refused = await restore(alone, store, { account: "target" });
    assert.deepEqual([refused.ok, await namesIn(alone)], [false, []]);
    assert.match(refused.streams[0]?.notes.join() ?? "", /replicas > 1 not supported.*--replicas/);
    const report = await restore(alone, store, { account: "target", replicas: 1 });
    assert.deepEqual([outcomes(report), report.streams[0]?.notes], [{ ORDERS: "restored" }, []]);
    const { content, info } = await stored(alone, "ORDERS");
    assert.equal(content.sha256, (await stored(source, "ORDERS")).content.sha256);
    assert.equal(info.config.num_replicas, 1);
    assert.equal(await nextOf(alone, "ORDERS", "worker"), 6);
    const again = await restore(alone, store, { account: "target", replicas: 1 });
    assert.deepEqual([outcomes(again), again.streams[0]?.notes], [{ ORDERS: "already there" }, []]);
  });

  it("lowers consumers with replicas of their own after they were restored, or refuses where servers are too few", async () => {
    await makeStream(source, "ORDERS", { num_replicas: 3 });
    await fill(source, "ORDERS", 100);
    const { consumers } = await jetstreamManager(source);
    const config = { ack_policy: AckPolicy.Explicit, num_replicas: 3, filter_subject: "orders.>" };
    await consume(source, "ORDERS", "worker", 5, config);
    await consumers.add("ORDERS", { ...config, durable_name: "quick", mem_storage: true, num_replicas: 1 });
    await save();

    const says = /stream ORDERS: a consumer of it has 3 replicas of its own.*Nothing was changed/;
    await assert.rejects(restore(alone, store, { account: "target", replicas: 1 }), says);
    assert.deepEqual(await namesIn(alone), []);

    const report = await restore(target, store, { account: "target", replicas: 1 });
    assert.deepEqual([outcomes(report), report.streams[0]?.notes], [{ ORDERS: "restored" }, []]);
    assert.equal((await stored(target, "ORDERS")).info.config.num_replicas, 1);
    const lowered = await (await jetstreamManager(target)).consumers.info("ORDERS", "worker");
    assert.deepEqual([lowered.config.num_replicas, lowered.config.filter_subject], [1, "orders.>"]);
    assert.equal(await nextOf(target, "ORDERS", "worker"), 6);
    assert.equal(await nextOf(target, "ORDERS", "quick"), 1);
    const again = await restore(target, store, { account: "target", replicas: 1 });
    assert.deepEqual([outcomes(again), again.streams[0]?.notes], [{ ORDERS: "already there" }, []]);
  });
});
