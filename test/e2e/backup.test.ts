import assert from "node:assert/strict";
import { readdirSync, statSync } from "node:fs";
import { jetstream, jetstreamManager, RetentionPolicy, StorageType } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/nats-core";
import { readManifest, type SavedStream, writeManifest } from "../../commands/ctl/backup/manifest";
import { restore } from "../../commands/ctl/backup/restore";
import { until } from "../../local/world/until";
import { clear, consume, fill, makeStream, namesIn, nextOf, stored } from "./backup-data";
import { backupPlace } from "./backup-place";
import { killedWhile } from "./backup-process";
import { abortAt, outcomes, settings } from "./backup-reports";

describe("backup and restore, on one server", () => {
  const place = backupPlace();

  it("brings back a deleted stream of 100,000 messages as it was, its consumers where they stood", async () => {
    await makeStream(place.source, "ORDERS");
    await fill(place.source, "ORDERS", 100_000);
    await consume(place.source, "ORDERS", "worker", 25);
    const before = await stored(place.source, "ORDERS");
    const some = await sample(place.source, "ORDERS");

    assert.deepEqual(outcomes(await place.save()), { ORDERS: "saved" });
    await clear(place.source);
    const report = await restore(place.source, place.store, { account: "source" });
    assert.deepEqual(outcomes(report), { ORDERS: "restored" });
    assert.equal(report.ok, true);

    const after = await stored(place.source, "ORDERS");
    assert.equal(after.content.messages, 100_000);
    assert.equal(after.content.sha256, before.content.sha256);
    assert.deepEqual(settings(after.info.config), settings(before.info.config));
    // By other means than those that compared.
    assert.deepEqual(await sample(place.source, "ORDERS"), some);
    assert.equal(await nextOf(place.source, "ORDERS", "worker"), 26);
  });

  it("goes into an account of another name, gaps and purged sequences as they were", async () => {
    await makeStream(place.source, "GAPS");
    await fill(place.source, "GAPS", 3_000);
    const manager = await jetstreamManager(place.source);
    for (let seq = 500; seq < 1_500; seq += 3) await manager.streams.deleteMessage("GAPS", seq);
    await makeStream(place.source, "EMPTY");
    await fill(place.source, "EMPTY", 10);
    await manager.streams.purge("EMPTY");
    const before = await stored(place.source, "GAPS");
    await place.save();
    assert.deepEqual(outcomes(await place.bringBack()), { EMPTY: "restored", GAPS: "restored" });
    assert.equal((await stored(place.target, "GAPS")).content.sha256, before.content.sha256);
    await place.target.publish("empty.x");
    await place.target.flush();
    assert.equal((await stored(place.target, "EMPTY")).info.state.last_seq, 11);
  });

  it("keeps data for its owner alone, and the manifest says what is there", async () => {
    await makeStream(place.source, "ORDERS");
    await fill(place.source, "ORDERS", 10);
    await place.save();
    const manifest = await readManifest(place.store);
    const [saved] = manifest?.streams ?? [];
    assert.ok(saved?.archive);
    assert.deepEqual([manifest?.account, manifest?.complete, saved.content?.messages], ["source", true, 10]);
    assert.equal(statSync(place.file(saved.archive.file)).size, saved.archive.bytes);
    assert.equal(statSync(place.file(saved.archive.file)).mode & 0o777, 0o600);
    assert.equal(statSync(place.file("manifest.json")).mode & 0o777, 0o600);
    for (const folder of [place.store.name, place.file("streams")]) assert.equal(statSync(folder).mode & 0o777, 0o700);
  });

  it("leaves work queues and streams kept for interest as they are, and brings them back with what is pending", async () => {
    await makeStream(place.source, "JOBS", { retention: RetentionPolicy.Workqueue });
    await fill(place.source, "JOBS", 200);
    await consume(place.source, "JOBS", "worker", 50);
    await makeStream(place.source, "NEWS", { retention: RetentionPolicy.Interest });
    await consume(place.source, "NEWS", "reader", 0);
    await fill(place.source, "NEWS", 200);
    const [jobs, news] = [await stored(place.source, "JOBS"), await stored(place.source, "NEWS")];
    assert.deepEqual([jobs.content.messages, news.content.messages], [150, 200]);
    assert.equal((await place.save()).ok, true);
    for (const [name, was] of [
      ["JOBS", jobs],
      ["NEWS", news],
    ] as const) {
      const is = await stored(place.source, name);
      assert.deepEqual([is.content.sha256, is.info.state.consumer_count], [was.content.sha256, 1], name);
    }
    assert.equal((await place.bringBack()).ok, true);
    assert.equal((await stored(place.target, "JOBS")).content.sha256, jobs.content.sha256);
    assert.equal((await stored(place.target, "NEWS")).content.sha256, news.content.sha256);
    assert.equal(await nextOf(place.target, "JOBS", "worker"), 51);
    assert.equal(await nextOf(place.target, "NEWS", "reader"), 1);
  });

  it("brings back sealed streams, mirrors, and of streams in memory the configuration", async () => {
    const manager = await jetstreamManager(place.source);
    await makeStream(place.source, "SEALED");
    await fill(place.source, "SEALED", 30);
    await manager.streams.update("SEALED", { sealed: true } as object);
    await makeStream(place.source, "ORIGIN");
    await fill(place.source, "ORIGIN", 30);
    await manager.streams.add({ name: "COPY", mirror: { name: "ORIGIN" } });
    await until("the mirror has it all", async () => (await stored(place.source, "COPY")).content.messages === 30);
    await makeStream(place.source, "CACHE", { storage: StorageType.Memory });
    await fill(place.source, "CACHE", 5);
    await consume(place.source, "CACHE", "worker", 2);

    const report = await place.save();
    const all = { CACHE: "configuration only", COPY: "saved", ORIGIN: "saved", SEALED: "saved" };
    assert.deepEqual(outcomes(report), all);
    assert.match(report.streams[0]?.notes.join() ?? "", /in memory: its messages are not in the backup/);
    const restored = { CACHE: "configuration only", COPY: "restored", ORIGIN: "restored", SEALED: "restored" };
    assert.deepEqual(outcomes(await place.bringBack()), restored);
    assert.equal((await stored(place.target, "SEALED")).info.config.sealed, true);
    place.target.publish("origin.more");
    await until("the mirror goes on", async () => (await stored(place.target, "COPY")).content.messages === 31);
    const { info } = await stored(place.target, "CACHE");
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
      await place.source.request(`$JS.API.STREAM.CREATE.${name}`, config);
    }
    await fill(place.source, "DISK", 3);
    assert.deepEqual(outcomes(await place.save()), { CACHE: "configuration only", DISK: "saved" });
    assert.equal(outcomes(await place.save()).DISK, "unchanged");
    const report = await place.bringBack();
    assert.deepEqual(outcomes(report), { CACHE: "configuration only", DISK: "restored" });
    for (const name of ["DISK", "CACHE"]) {
      const text = (await place.target.request(`$JS.API.STREAM.INFO.${name}`, "")).string();
      for (const limit of limits.split(",")) assert.ok(text.includes(limit), `${name} has ${limit}: ${text}`);
    }
    assert.equal(outcomes(await place.bringBack()).DISK, "already there");
  });

  it("fails by name for sequences that are larger than numbers", async () => {
    const config = '{"name":"FAR","subjects":["far.>"],"storage":"file","num_replicas":1,"first_seq":9007199254740993}';
    await place.source.request("$JS.API.STREAM.CREATE.FAR", config);
    for (const message of ["a", "b"]) await jetstream(place.source).publish("far.x", message);
    const says = /first_seq of stream FAR is 9007199254740993; ctl counts from 0 to 9007199254740991/;
    assert.match(outcomes(await place.save()).FAR ?? "", says);
    assert.equal((await readManifest(place.store))?.complete, false);
    await assert.rejects(stored(place.source, "FAR"), /of stream FAR is 9007199254740992; ctl counts/);
  });

  it("waits for a store that is slow to take what it gets", async () => {
    await makeStream(place.source, "LARGE");
    await fill(place.source, "LARGE", 1_000, 6_000);
    const plain = place.store.write.bind(place.store);
    // Longer than a server waits for its chunks to be taken.
    place.store.write = (name, content, signal) =>
      plain(name, name.startsWith("streams/") ? slowly(content) : content, signal);
    assert.deepEqual(outcomes(await place.save()), { LARGE: "saved" });
    assert.deepEqual(outcomes(await place.bringBack()), { LARGE: "restored" });
  });

  it("fails by name where a restored stream is not what the manifest says, and leaves it marked", async () => {
    for (const name of ["LESS", "OTHER", "READ"]) {
      await makeStream(place.source, name);
      await fill(place.source, name, 60);
      await consume(place.source, name, "worker", 5);
    }
    await place.save();
    const manifest = await readManifest(place.store);
    assert.ok(manifest);
    const streams = manifest.streams.map((saved): SavedStream => {
      const { name, content, consumers } = saved;
      assert.ok(content);
      if (name === "LESS") return { ...saved, content: { ...content, messages: 61 } };
      if (name === "OTHER") return { ...saved, content: { ...content, sha256: "0".repeat(64) } };
      return { ...saved, consumers: consumers.map((consumer) => ({ ...consumer, acknowledged: 6 })) };
    });
    await writeManifest(place.store, { ...manifest, streams });
    const report = await place.bringBack();
    assert.equal(report.ok, false);
    const { LESS, OTHER, READ } = outcomes(report);
    assert.match(LESS ?? "", /it has 60 messages, not 61/);
    assert.match(OTHER ?? "", /it is not as it was: 60 messages, not all the same/);
    assert.match(
      READ ?? "",
      /it is not as it was: consumer worker stands at 5, acknowledged 5; it stood at 5, acknowledged 6/,
    );
    assert.ok(
      Object.keys((await stored(place.target, "OTHER")).info.config.metadata ?? {}).includes("nats-platform.restoring"),
    );
    await assert.rejects(
      place.bringBack({ streams: ["OTHER"] }),
      /other data in OTHER \(60 messages, not all the same/,
    );
  });

  describe("when it is interrupted", () => {
    beforeEach(async () => {
      for (const name of ["A", "B", "C"]) {
        await makeStream(place.source, name);
        await fill(place.source, name, 1_000, 4_000);
      }
    });

    it("has a manifest of what is complete, and goes on", async () => {
      const stop = abortAt("B", "saving");
      await assert.rejects(place.save(stop), /stopped/);
      const manifest = await readManifest(place.store);
      assert.deepEqual([manifest?.complete, manifest?.streams.map(({ name }) => name)], [false, ["A"]]);
      await assert.rejects(
        place.bringBack(),
        /backup is not complete: run it again, or name the streams to restore: A/,
      );
      assert.deepEqual(outcomes(await place.save()), { A: "unchanged", B: "saved", C: "saved" });
      await checkRestored();
    });

    it("goes on after it was killed, and leaves nothing of it", async () => {
      await killedWhile(place.servers.login("source"), ["backup", place.store.name], { stream: "B", doing: "saving" });
      assert.deepEqual(
        (await readManifest(place.store))?.streams.map(({ name }) => name),
        ["A"],
      );
      assert.deepEqual(outcomes(await place.save()), { A: "unchanged", B: "saved", C: "saved" });
      assert.equal(readdirSync(place.file("streams")).length, 3);
      await checkRestored();
    });

    it("goes on with a restore, whatever it was at", async () => {
      await place.save();
      await assert.rejects(place.bringBack(abortAt("B", "restoring")), /stopped/);
      assert.ok((await namesIn(place.target)).includes("A") && !(await namesIn(place.target)).includes("C"));
      const report = await place.bringBack();
      assert.deepEqual(outcomes(report), { A: "already there", B: "restored", C: "restored" });
      await clear(place.target);
      // The stream is there then, but not as its own configuration has it.
      await assert.rejects(place.bringBack(abortAt("B", "reading")), /stopped/);
      assert.deepEqual(outcomes(await place.bringBack()), { A: "already there", B: "restored", C: "restored" });
      await checkRestored();
    });

    it("goes on with a restore that was killed", async () => {
      await place.save();
      await killedWhile(place.servers.login("target"), ["restore", place.store.name], {
        stream: "B",
        doing: "restoring",
      });
      assert.deepEqual(outcomes(await place.bringBack()), { A: "already there", B: "restored", C: "restored" });
      await checkRestored();
    });

    async function checkRestored(): Promise<void> {
      await place.bringBack();
      for (const name of ["A", "B", "C"]) {
        const [was, is] = [await stored(place.source, name), await stored(place.target, name)];
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
