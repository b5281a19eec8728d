import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { jetstream, jetstreamManager } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/nats-core";
import { backup } from "../../commands/ctl/backup/backup";
import { FolderStore } from "../../commands/ctl/backup/folder-store";
import { readManifest } from "../../commands/ctl/backup/manifest";
import type { Progress } from "../../commands/ctl/backup/report";
import { restore } from "../../commands/ctl/backup/restore";
import { clear, consume, fill, makeStream, stored } from "./backup-data";
import { outcomes } from "./backup-reports";
import { BackupServers } from "./backup-servers";

describe("backup of what changes in between, or meanwhile", () => {
  let servers: BackupServers;
  let source: NatsConnection;
  let target: NatsConnection;
  let next = 0;
  let store: FolderStore;
  const file = (name: string) => join(store.name, name);
  const save = (more = {}) => backup(source, store, { account: "source", ...more });
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

  it("takes again what has changed, and nothing else", async () => {
    for (const name of ["CALM", "BUSY"]) {
      await makeStream(source, name);
      await fill(source, name, 20);
    }
    await save();
    source.publish("busy.more");
    await source.flush();
    assert.deepEqual(outcomes(await save()), { BUSY: "saved", CALM: "unchanged" });
    assert.equal(readdirSync(file("streams")).length, 2, "the former archive is gone");
    await bringBack();
    assert.equal((await stored(target, "BUSY")).content.messages, 21);
  });

  it("takes a stream again that was made anew, with as many messages as large", async () => {
    const publish = async (...texts: string[]) => {
      await makeStream(source, "ORDERS");
      for (const text of texts) await jetstream(source).publish("orders.x", text);
    };
    await publish("aaa", "bbb");
    await save();
    await clear(source);
    await publish("xxx", "yyy");
    assert.deepEqual(outcomes(await save()), { ORDERS: "saved" });
    await bringBack();
    assert.equal((await (await jetstreamManager(target)).streams.getMessage("ORDERS", { seq: 1 }))?.string(), "xxx");
  });

  it("takes again where messages were deleted or acknowledged in between, and only then", async () => {
    await makeStream(source, "GAPS");
    await fill(source, "GAPS", 20);
    const manager = await jetstreamManager(source);
    await manager.streams.deleteMessage("GAPS", 7);
    await consume(source, "GAPS", "worker", 0);
    const worker = await jetstream(source).consumers.get("GAPS", "worker");
    const messages = [];
    for await (const message of await worker.fetch({ max_messages: 5 })) messages.push(message);
    await save();
    assert.deepEqual(outcomes(await save()), { GAPS: "unchanged" });
    // Its acknowledgement leaves both of the consumer's positions where they are.
    await messages[3]?.ackAck();
    assert.deepEqual(outcomes(await save()), { GAPS: "saved" });
    await bringBack();
    assert.equal((await (await jetstreamManager(target)).consumers.info("GAPS", "worker")).num_ack_pending, 4);
  });

  it("saves what comes while it is at it, or leaves it, and says the same as the archive", async () => {
    await makeStream(source, "BUSY");
    await fill(source, "BUSY", 2_000, 2_000);
    let sent = 0;
    const onProgress = () => source.publish(`busy.${sent++}`, "more");
    assert.equal((await save({ onProgress })).ok, true);
    assert.ok(sent > 10);
    const [saved] = (await readManifest(store))?.streams ?? [];
    assert.ok(saved?.content && saved.content.messages >= 2_000);
    const report = await bringBack();
    assert.deepEqual([outcomes(report), report.streams[0]?.notes], [{ BUSY: "restored" }, []]);
  });

  it("says that a stream cannot be compared that keeps losing messages", async () => {
    await makeStream(source, "SHORT", { max_msgs: 2_000 });
    await fill(source, "SHORT", 2_000);
    let taken = 0;
    const onProgress = ({ doing }: Progress) => {
      if (doing === "checking") source.publish(`short.${taken++}`, "drives the oldest out");
    };
    const report = await save({ onProgress });
    assert.ok(taken >= 3, "taken three times");
    assert.match(report.streams[0]?.notes.join() ?? "", /lost messages while it was read, 3 times/);
    assert.equal((await readManifest(store))?.streams[0]?.content, null);
    assert.equal(readdirSync(file("streams")).length, 1);
    const restored = await bringBack();
    assert.deepEqual(outcomes(restored), { SHORT: "restored" });
    assert.match(restored.streams[0]?.notes.join() ?? "", /not compared: it lost messages/);
  });

  it("takes a stream again whose consumers go while it is saved, and says so if they always do", async () => {
    await makeStream(source, "BUSY");
    await fill(source, "BUSY", 10);
    for (const name of ["anew", "stays"]) await consume(source, "BUSY", name, 3);
    const plain = store.write.bind(store);
    let times = 1;
    // The snapshot has begun then.
    store.write = async (name, content, signal) => {
      if (name.startsWith("streams/") && times-- > 0) {
        await (await jetstreamManager(source)).consumers.delete("BUSY", "anew");
        await consume(source, "BUSY", "anew", 0);
      }
      await plain(name, content, signal);
    };
    const report = await save();
    assert.deepEqual([outcomes(report), report.streams[0]?.notes], [{ BUSY: "saved" }, []]);
    const positions = async () =>
      (await readManifest(store))?.streams[0]?.consumers.map(({ name, delivered }) => [name, delivered]);
    assert.deepEqual(await positions(), [
      ["anew", 0],
      ["stays", 3],
    ]);
    assert.deepEqual(outcomes(await bringBack()), { BUSY: "restored" });
    await clear(target);
    times = 3;
    await fill(source, "BUSY", 1);
    const [busy] = (await save()).streams;
    assert.match(busy?.notes.join() ?? "", /consumers went while it was saved, 3 times/);
    assert.deepEqual(await positions(), []);
    assert.deepEqual(outcomes(await bringBack()), { BUSY: "restored" });
  });
});
