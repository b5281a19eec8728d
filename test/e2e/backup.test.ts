import assert from "node:assert/strict";
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { jetstream, jetstreamManager, RetentionPolicy, StorageType } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/nats-core";
import { backup } from "../../commands/ctl/backup/backup";
import { FolderStore } from "../../commands/ctl/backup/folder-store";
import { readManifest, type SavedStream, writeManifest } from "../../commands/ctl/backup/manifest";
import { restore } from "../../commands/ctl/backup/restore";
import { until } from "../../local/world/until";
import { clear, consume, fill, makeStream, namesIn, nextOf, stored } from "./backup-data";
import { killedWhile } from "./backup-process";
import { abortAt, outcomes, settings } from "./backup-reports";
import { BackupServers } from "./backup-servers";

describe("backup and restore, on one server", () => {
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

  it("brings back a deleted stream of 100,000 messages as it was, its consumers where they stood", async () => {
    await makeStream(source, "ORDERS");
    await fill(source, "ORDERS", 100_000);
    await consume(source, "ORDERS", "worker", 25);
    const before = await stored(source, "ORDERS");
    const some = await sample(source, "ORDERS");

    assert.deepEqual(outcomes(await save()), { ORDERS: "saved" });
    await clear(source);
    const report = await restore(source, store, { account: "source" });
    assert.deepEqual(outcomes(report), { ORDERS: "restored" });
    assert.equal(report.ok, true);

    const after = await stored(source, "ORDERS");
    assert.equal(after.content.messages, 100_000);
    assert.equal(after.content.sha256, before.content.sha256);
    assert.deepEqual(settings(after.info.config), settings(before.info.config));
    // By other means than those that compared.
    assert.deepEqual(await sample(source, "ORDERS"), some);
    assert.equal(await nextOf(source, "ORDERS", "worker"), 26);
  });

  it("goes into an account of another name, gaps and purged sequences as they were", async () => {
    await makeStream(source, "GAPS");
    await fill(source, "GAPS", 3_000);
    const manager = await jetstreamManager(source);
    for (let seq = 500; seq < 1_500; seq += 3) await manager.streams.deleteMessage("GAPS", seq);
    await makeStream(source, "EMPTY");
    await fill(source, "EMPTY", 10);
    await manager.streams.purge("EMPTY");
    const before = await stored(source, "GAPS");
    await save();
    assert.deepEqual(outcomes(await bringBack()), { EMPTY: "restored", GAPS: "restored" });
    assert.equal((await stored(target, "GAPS")).content.sha256, before.content.sha256);
    await target.publish("empty.x");
    await target.flush();
    assert.equal((await stored(target, "EMPTY")).info.state.last_seq, 11);
  });

  it("keeps data for its owner alone, and the manifest says what is there", async () => {
    await makeStream(source, "ORDERS");
    await fill(source, "ORDERS", 10);
    await save();
    const manifest = await readManifest(store);
    const [saved] = manifest?.streams ?? [];
    assert.ok(saved?.archive);
    assert.deepEqual([manifest?.account, manifest?.complete, saved.content?.messages], ["source", true, 10]);
    assert.equal(statSync(file(saved.archive.file)).size, saved.archive.bytes);
    assert.equal(statSync(file(saved.archive.file)).mode & 0o777, 0o600);
    assert.equal(statSync(file("manifest.json")).mode & 0o777, 0o600);
    for (const folder of [store.name, file("streams")]) assert.equal(statSync(folder).mode & 0o777, 0o700);
  });

  it("leaves work queues and streams kept for interest as they are, and brings them back with what is pending", async () => {
    await makeStream(source, "JOBS", { retention: RetentionPolicy.Workqueue });
    await fill(source, "JOBS", 200);
    await consume(source, "JOBS", "worker", 50);
    await makeStream(source, "NEWS", { retention: RetentionPolicy.Interest });
    await consume(source, "NEWS", "reader", 0);
    await fill(source, "NEWS", 200);
    const [jobs, news] = [await stored(source, "JOBS"), await stored(source, "NEWS")];
    assert.deepEqual([jobs.content.messages, news.content.messages], [150, 200]);
    assert.equal((await save()).ok, true);
    for (const [name, was] of [
      ["JOBS", jobs],
      ["NEWS", news],
    ] as const) {
      const is = await stored(source, name);
      assert.deepEqual([is.content.sha256, is.info.state.consumer_count], [was.content.sha256, 1], name);
    }
    assert.equal((await bringBack()).ok, true);
    assert.equal((await stored(target, "JOBS")).content.sha256, jobs.content.sha256);
    assert.equal((await stored(target, "NEWS")).content.sha256, news.content.sha256);
    assert.equal(await nextOf(target, "JOBS", "worker"), 51);
    assert.equal(await nextOf(target, "NEWS", "reader"), 1);
  });

  it("brings back sealed streams, mirrors, and of streams in memory the configuration", async () => {
    const manager = await jetstreamManager(source);
    await makeStream(source, "SEALED");
    await fill(source, "SEALED", 30);
    await manager.streams.update("SEALED", { sealed: true } as object);
    await makeStream(source, "ORIGIN");
    await fill(source, "ORIGIN", 30);
    await manager.streams.add({ name: "COPY", mirror: { name: "ORIGIN" } });
    await until("the mirror has it all", async () => (await stored(source, "COPY")).content.messages === 30);
    await makeStream(source, "CACHE", { storage: StorageType.Memory });
    await fill(source, "CACHE", 5);
    await consume(source, "CACHE", "worker", 2);

    const report = await save();
    const all = { CACHE: "configuration only", COPY: "saved", ORIGIN: "saved", SEALED: "saved" };
    assert.deepEqual(outcomes(report), all);
    assert.match(report.streams[0]?.notes.join() ?? "", /in memory: its messages are not in the backup/);
    const restored = { CACHE: "configuration only", COPY: "restored", ORIGIN: "restored", SEALED: "restored" };
    assert.deepEqual(outcomes(await bringBack()), restored);
    assert.equal((await stored(target, "SEALED")).info.config.sealed, true);
    target.publish("origin.more");
    await until("the mirror goes on", async () => (await stored(target, "COPY")).content.messages === 31);
    const { info } = await stored(target, "CACHE");
    assert.deepEqual([info.state.messages, info.state.consumer_count], [0, 1]);
  });

  it("brings back limits that are larger than numbers, as they were", async () => {
    const limits = '"max_msgs":9223372036854775807,"max_age":31536000000000001';
    const common = `"num_replicas":1,"discard":"old","retention":"limits",${limits}`;
    for (const [name, storage] of [
      ["DISK", "file"],
      ["CACHE", "memory"],
    ]) {
      const config = `{"name":"${name}","subjects":["${name?.toLowerCase()}.>"],"storage":"${storage}",${common}}`;
      await source.request(`$JS.API.STREAM.CREATE.${name}`, config);
    }
    await fill(source, "DISK", 3);
    assert.deepEqual(outcomes(await save()), { CACHE: "configuration only", DISK: "saved" });
    assert.equal(outcomes(await save()).DISK, "unchanged");
    const report = await bringBack();
    assert.deepEqual(outcomes(report), { CACHE: "configuration only", DISK: "restored" });
    for (const name of ["DISK", "CACHE"]) {
      const text = (await target.request(`$JS.API.STREAM.INFO.${name}`, "")).string();
      for (const limit of limits.split(",")) assert.ok(text.includes(limit), `${name} has ${limit}: ${text}`);
    }
    assert.equal(outcomes(await bringBack()).DISK, "already there");
  });

  it("fails by name for sequences that are larger than numbers", async () => {
    const config = '{"name":"FAR","subjects":["far.>"],"storage":"file","num_replicas":1,"first_seq":9007199254740993}';
    await source.request("$JS.API.STREAM.CREATE.FAR", config);
    for (const message of ["a", "b"]) await jetstream(source).publish("far.x", message);
    const says = /first_seq of stream FAR is 9007199254740993; ctl counts from 0 to 9007199254740991/;
    assert.match(outcomes(await save()).FAR ?? "", says);
    assert.equal((await readManifest(store))?.complete, false);
    await assert.rejects(stored(source, "FAR"), /of stream FAR is 9007199254740992; ctl counts/);
  });

  it("waits for a store that is slow to take what it gets", async () => {
    await makeStream(source, "LARGE");
    await fill(source, "LARGE", 1_000, 6_000);
    const plain = store.write.bind(store);
    // Longer than a server waits for its chunks to be taken.
    store.write = (name, content, signal) =>
      plain(name, name.startsWith("streams/") ? slowly(content) : content, signal);
    assert.deepEqual(outcomes(await save()), { LARGE: "saved" });
    assert.deepEqual(outcomes(await bringBack()), { LARGE: "restored" });
  });

  it("fails by name where a restored stream is not what the manifest says, and leaves it marked", async () => {
    for (const name of ["LESS", "OTHER", "READ"]) {
      await makeStream(source, name);
      await fill(source, name, 60);
      await consume(source, name, "worker", 5);
    }
    await save();
    const manifest = await readManifest(store);
    assert.ok(manifest);
    const streams = manifest.streams.map((saved): SavedStream => {
      const { name, content, consumers } = saved;
      assert.ok(content);
      if (name === "LESS") return { ...saved, content: { ...content, messages: 61 } };
      if (name === "OTHER") return { ...saved, content: { ...content, sha256: "0".repeat(64) } };
      return { ...saved, consumers: consumers.map((consumer) => ({ ...consumer, acknowledged: 6 })) };
    });
    await writeManifest(store, { ...manifest, streams });
    const report = await bringBack();
    assert.equal(report.ok, false);
    const { LESS, OTHER, READ } = outcomes(report);
    assert.match(LESS ?? "", /it has 60 messages, not 61/);
    assert.match(OTHER ?? "", /it is not as it was: 60 messages, not all the same/);
    assert.match(
      READ ?? "",
      /it is not as it was: consumer worker stands at 5, acknowledged 5; it stood at 5, acknowledged 6/,
    );
    assert.ok(
      Object.keys((await stored(target, "OTHER")).info.config.metadata ?? {}).includes("nats-platform.restoring"),
    );
    await assert.rejects(bringBack({ streams: ["OTHER"] }), /other data in OTHER \(60 messages, not all the same/);
  });

  describe("when it is interrupted", () => {
    beforeEach(async () => {
      for (const name of ["A", "B", "C"]) {
        await makeStream(source, name);
        await fill(source, name, 1_000, 4_000);
      }
    });

    it("has a manifest of what is complete, and goes on", async () => {
      const stop = abortAt("B", "saving");
      await assert.rejects(save(stop), /stopped/);
      const manifest = await readManifest(store);
      assert.deepEqual([manifest?.complete, manifest?.streams.map(({ name }) => name)], [false, ["A"]]);
      await assert.rejects(bringBack(), /backup is not complete: run it again, or name the streams to restore: A/);
      assert.deepEqual(outcomes(await save()), { A: "unchanged", B: "saved", C: "saved" });
      await checkRestored();
    });

    it("goes on after it was killed, and leaves nothing of it", async () => {
      await killedWhile(servers.login("source"), ["backup", store.name], { stream: "B", doing: "saving" });
      assert.deepEqual(
        (await readManifest(store))?.streams.map(({ name }) => name),
        ["A"],
      );
      assert.deepEqual(outcomes(await save()), { A: "unchanged", B: "saved", C: "saved" });
      assert.equal(readdirSync(file("streams")).length, 3);
      await checkRestored();
    });

    it("goes on with a restore, whatever it was at", async () => {
      await save();
      await assert.rejects(bringBack(abortAt("B", "restoring")), /stopped/);
      assert.ok((await namesIn(target)).includes("A") && !(await namesIn(target)).includes("C"));
      const report = await bringBack();
      assert.deepEqual(outcomes(report), { A: "already there", B: "restored", C: "restored" });
      await clear(target);
      // The stream is there then, but not as its own configuration has it.
      await assert.rejects(bringBack(abortAt("B", "reading")), /stopped/);
      assert.deepEqual(outcomes(await bringBack()), { A: "already there", B: "restored", C: "restored" });
      await checkRestored();
    });

    it("goes on with a restore that was killed", async () => {
      await save();
      await killedWhile(servers.login("target"), ["restore", store.name], { stream: "B", doing: "restoring" });
      assert.deepEqual(outcomes(await bringBack()), { A: "already there", B: "restored", C: "restored" });
      await checkRestored();
    });

    async function checkRestored(): Promise<void> {
      await bringBack();
      for (const name of ["A", "B", "C"]) {
        const [was, is] = [await stored(source, name), await stored(target, name)];
        assert.equal(is.content.sha256, was.content.sha256, name);
        assert.deepEqual(settings(is.info.config), settings(was.info.config), name);
      }
    }
  });
});

/** Passes bytes on, with a long pause after the first. */
async function* slowly(content: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  let first = true;
  for await (const part of content) {
    yield part;
    if (first) await new Promise((resolve) => setTimeout(resolve, 8_000));
    first = false;
  }
}

/** Some messages, as the client library reads them. */
async function sample(connection: NatsConnection, stream: string): Promise<unknown[]> {
  const { streams } = await jetstreamManager(connection);
  return Promise.all(
    [1, 2, 33_333, 99_999, 100_000].map(async (seq) => {
      const message = await streams.getMessage(stream, { seq });
      assert.ok(message);
      return [message.subject, message.seq, message.header.get("Number"), message.string(), message.timestamp];
    }),
  );
}
