import assert from "node:assert/strict";
import type { NatsConnection } from "@nats-io/nats-core";
import { backup } from "../../commands/ctl/backup/backup";
import { FolderStore } from "../../commands/ctl/backup/folder-store";
import { readManifest, type SavedStream, writeManifest } from "../../commands/ctl/backup/manifest";
import { BrokenOffError, reportLines } from "../../commands/ctl/backup/report";
import { restore } from "../../commands/ctl/backup/restore";
import { clear, consume, fill, makeStream, namesIn, nextOf, stored } from "./backup-data";
import { abortAt, outcomes } from "./backup-reports";
import { BackupServers } from "./backup-servers";

describe("restore, in the place of other data", () => {
  let servers: BackupServers;
  let source: NatsConnection;
  let target: NatsConnection;
  let next = 0;
  let store: FolderStore;
  const bringBack = (more = {}) => restore(target, store, { account: "target", replace: true, ...more });

  before(async () => {
    servers = await BackupServers.start(1);
    source = await servers.connect("source");
    target = await servers.connect("target");
  });

  beforeEach(async () => {
    store = new FolderStore(servers.folder(`backup-${++next}`));
    await makeStream(source, "ORDERS");
    await fill(source, "ORDERS", 300, 300);
    await backup(source, store, { account: "source" });
  });

  afterEach(() => clear(source, target));

  after(() => servers.stop());

  it("is refused before anything is changed where another stream has its subjects", async () => {
    await makeStream(target, "ORDERS", { subjects: ["other.>"] });
    target.publish("other.x", "precious");
    await makeStream(target, "TAKES", { subjects: ["orders.*"] });
    const says = /orders\.> of stream ORDERS overlaps with subjects of TAKES\. Nothing was changed/;
    await assert.rejects(bringBack(), says);
    assert.deepEqual(await namesIn(target), ["ORDERS", "TAKES"]);
    assert.equal((await stored(target, "ORDERS")).content.messages, 1);
    await clear(target);
    await makeStream(target, "TAKES", { subjects: ["orders.*"] });
    await assert.rejects(bringBack({ replace: false }), says);
    assert.deepEqual(await namesIn(target), ["TAKES"]);
  });

  it("puts back what was there where the server refuses what was to replace it", async () => {
    await changeSaved((saved) => ({ ...saved, config: { ...saved.config, num_replicas: 3 } }));
    await makeStream(target, "ORDERS");
    await fill(target, "ORDERS", 500);
    await consume(target, "ORDERS", "worker", 5);
    const former = await stored(target, "ORDERS");
    const report = await bringBack();
    assert.match(outcomes(report).ORDERS ?? "", /replicas > 1 not supported.*What it had was put back/);
    assert.equal(report.ok, false);
    const { info, content } = await stored(target, "ORDERS");
    assert.equal(content.sha256, former.content.sha256);
    assert.equal(info.config.metadata?.["nats-platform.restoring"], undefined);
    assert.equal(await nextOf(target, "ORDERS", "worker"), 6);
  });

  it("puts it back, too, where what was to replace it lacks messages", async () => {
    await changeSaved((saved) => ({ ...saved, content: saved.content && { ...saved.content, messages: 301 } }));
    await makeStream(target, "ORDERS");
    await fill(target, "ORDERS", 500);
    const former = await stored(target, "ORDERS");
    assert.match(outcomes(await bringBack()).ORDERS ?? "", /300 messages, not 301.*What it had was put back/);
    assert.equal((await stored(target, "ORDERS")).content.sha256, former.content.sha256);
  });

  it("says where it is when interrupted, and what had come of other streams by then", async () => {
    await makeStream(source, "ALPHA");
    await backup(source, store, { account: "source" });
    await makeStream(target, "ORDERS");
    await fill(target, "ORDERS", 500);
    const former = await stored(target, "ORDERS");
    const error = await bringBack(abortAt("ORDERS", "restoring")).catch((reason: unknown) => reason);
    assert.ok(error instanceof BrokenOffError);
    assert.equal(error.message, "stopped");
    assert.equal(error.report.ok, false);
    assert.deepEqual(outcomes(error.report), { ALPHA: "restored" });
    assert.equal(reportLines(error.report).at(-1), "it broke off after these");
    const other = await servers.connect("other");
    await restore(other, new FolderStore(error.report.replaced ?? ""), { account: "other" });
    assert.equal((await stored(other, "ORDERS")).content.sha256, former.content.sha256);
    await clear(other);
    assert.deepEqual(outcomes(await bringBack()), { ALPHA: "already there", ORDERS: "restored" });
  });

  async function changeSaved(change: (saved: SavedStream) => SavedStream): Promise<void> {
    const manifest = await readManifest(store);
    assert.ok(manifest);
    await writeManifest(store, { ...manifest, streams: manifest.streams.map(change) });
  }
});
