import assert from "node:assert/strict";
import { jetstream, jetstreamManager } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/nats-core";
import { backup } from "../../commands/ctl/backup/backup";
import { FolderStore } from "../../commands/ctl/backup/folder-store";
import { restore } from "../../commands/ctl/backup/restore";
import { clear, consume, fill, makeStream, namesIn, stored } from "./backup-data";
import { outcomes } from "./backup-reports";
import { BackupServers } from "./backup-servers";

describe("restore, while somebody else is at the same stream", () => {
  let servers: BackupServers;
  let source: NatsConnection;
  let target: NatsConnection;
  let other: NatsConnection;
  let store: FolderStore;

  before(async () => {
    servers = await BackupServers.start(1);
    source = await servers.connect("source");
    target = await servers.connect("target");
    other = await servers.connect("target");
    store = new FolderStore(servers.folder("backup"));
    await makeStream(source, "ORDERS");
    await fill(source, "ORDERS", 3_000, 1_000);
    await backup(source, store, { account: "source" });
  });

  afterEach(() => clear(target));

  after(() => servers.stop());

  /** Restores; something happens once while the archive is sent. */
  function restoreWhile(happens: () => Promise<unknown>, signal?: AbortSignal) {
    const slow = new FolderStore(store.name);
    const read = slow.read.bind(slow);
    let readings = 0;
    slow.read = async (file) => {
      const content = await read(file);
      // The first reading of an archive checks it.
      if (!content || !file.endsWith(".s2") || ++readings !== 2) return content;
      return afterFirst(content, happens);
    };
    return restore(target, slow, { account: "target", signal });
  }

  const makesItsOwn = async () => {
    await makeStream(other, "ORDERS");
    for (let index = 0; index < 7; index++) await jetstream(other).publish("orders.new", `precious ${index}`);
  };

  it("leaves the stream that an application has made, and says so", async () => {
    const report = await restoreWhile(makesItsOwn);
    assert.deepEqual(outcomes(report), { ORDERS: "somebody else has made it in the meantime: run it again" });
    assert.equal((await stored(target, "ORDERS")).content.messages, 7);
  });

  it("leaves it when interrupted, also one that is empty", async () => {
    for (const [happens, messages] of [
      [makesItsOwn, 7],
      [() => makeStream(other, "ORDERS"), 0],
    ] as const) {
      const abort = new AbortController();
      const restoring = restoreWhile(async () => {
        await happens();
        abort.abort(new Error("interrupted"));
      }, abort.signal);
      await assert.rejects(restoring, /interrupted/);
      assert.deepEqual(await namesIn(target), ["ORDERS"]);
      assert.equal((await stored(target, "ORDERS")).content.messages, messages);
      await clear(target);
    }
  });

  it("leaves what another restore has made when interrupted", async () => {
    const abort = new AbortController();
    const restoring = restoreWhile(async () => {
      await restore(other, store, { account: "target" });
      abort.abort(new Error("interrupted"));
    }, abort.signal);
    await assert.rejects(restoring, /interrupted/);
    assert.equal((await stored(target, "ORDERS")).content.messages, 3_000);
  });

  it("takes what bears the mark for its own only as long as nobody has a consumer there", async () => {
    const metadata = { "nats-platform.restoring": "another" };
    await makeStream(target, "ORDERS", { metadata });
    await consume(target, "ORDERS", "worker", 0);
    await assert.rejects(restore(target, store, { account: "target" }), /other data in ORDERS/);
    await (await jetstreamManager(target)).consumers.delete("ORDERS", "worker");
    assert.deepEqual(outcomes(await restore(target, store, { account: "target" })), { ORDERS: "restored" });
  });
});

/** Passes bytes on; what happens does so after the first. */
async function* afterFirst(
  content: AsyncIterable<Uint8Array>,
  happens: () => Promise<unknown>,
): AsyncIterable<Uint8Array> {
  let happened = false;
  for await (const part of content) {
    yield part;
    if (!happened) await happens();
    happened = true;
  }
}
