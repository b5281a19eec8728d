import assert from "node:assert/strict";
import { jetstreamManager, StorageType } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/nats-core";
import { backup } from "../../commands/ctl/backup/backup";
import { FolderStore } from "../../commands/ctl/backup/folder-store";
import { restore } from "../../commands/ctl/backup/restore";
import { until } from "../../local/world/until";
import { clear, consume, fill, makeStream, nextOf, stored } from "./backup-data";
import { abortAt, outcomes } from "./backup-reports";
import { BackupServers } from "./backup-servers";

describe("restore of consumers that are in no archive", () => {
  let servers: BackupServers;
  let source: NatsConnection;
  let target: NatsConnection;
  let next = 0;
  let store: FolderStore;
  const save = () => backup(source, store, { account: "source" });
  const bringBack = (more = {}) => restore(target, store, { account: "target", ...more });

  before(async () => {
    servers = await BackupServers.start(1);
    source = await servers.connect("source");
    target = await servers.connect("target");
  });

  beforeEach(() => {
    store = new FolderStore(servers.folder(`backup-${++next}`));
  });

  afterEach(() => clear(source, target));

  after(() => servers.stop());

  it("makes those kept in memory anew, and says whose position is lost", async () => {
    await makeStream(source, "ORDERS");
    await fill(source, "ORDERS", 20);
    await consume(source, "ORDERS", "quick", 5, { mem_storage: true });
    await consume(source, "ORDERS", "unused", 0, { mem_storage: true });
    await consume(source, "ORDERS", "worker", 7);
    await save();
    const note = "consumer quick is kept in memory: its position is lost, it begins anew";
    const report = await bringBack();
    assert.deepEqual([outcomes(report), report.streams[0]?.notes], [{ ORDERS: "restored" }, [note]]);
    assert.equal((await stored(target, "ORDERS")).info.state.consumer_count, 3);
    assert.equal(await nextOf(target, "ORDERS", "quick"), 1);
    assert.equal(await nextOf(target, "ORDERS", "worker"), 8);
    assert.deepEqual(outcomes(await bringBack()), { ORDERS: "already there" });
  });

  it("says of one that has ended since, because nobody used it, that it did", async () => {
    await makeStream(source, "ORDERS");
    await fill(source, "ORDERS", 20);
    await consume(source, "ORDERS", "brief", 5, { inactive_threshold: 2e9 });
    await save();
    await assert.rejects(bringBack(abortAt("ORDERS", "reading")), /stopped/);
    await until("it has ended", async () => (await stored(target, "ORDERS")).info.state.consumer_count === 0);
    const report = await bringBack();
    const note = "consumer brief ended: nobody has used it for its time";
    assert.deepEqual([outcomes(report), report.streams[0]?.notes], [{ ORDERS: "restored" }, [note]]);
    assert.equal((await stored(target, "ORDERS")).info.config.metadata?.["nats-platform.restoring"], undefined);
  }).timeout(60_000);

  it("makes what a stream in memory lacks when it is run again", async () => {
    await makeStream(source, "CACHE", { storage: StorageType.Memory });
    for (const name of ["a", "b"]) await consume(source, "CACHE", name, 0);
    await save();
    await bringBack();
    await (await jetstreamManager(target)).consumers.delete("CACHE", "b");
    assert.deepEqual(outcomes(await bringBack()), { CACHE: "configuration only" });
    assert.equal((await stored(target, "CACHE")).info.state.consumer_count, 2);
    assert.deepEqual(outcomes(await bringBack()), { CACHE: "already there" });
  });
});
