import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { jetstream, jetstreamManager } from "@nats-io/jetstream";
import { readManifest } from "../../commands/ctl/backup/manifest";
import type { Progress } from "../../commands/ctl/backup/report";
import { clear, consume, fill, makeStream, stored } from "./backup-data";
import { backupPlace } from "./backup-place";
import { outcomes } from "./backup-reports";

describe("backup of what changes in between, or meanwhile", () => {
  const place = backupPlace();

  it("takes again what has changed, and nothing else", async () => {
    for (const name of ["CALM", "BUSY"]) {
      await makeStream(place.source, name);
      await fill(place.source, name, 20);
    }
    await place.save();
    place.source.publish("busy.more");
    await place.source.flush();
    assert.deepEqual(outcomes(await place.save()), { BUSY: "saved", CALM: "unchanged" });
    assert.equal(readdirSync(place.file("streams")).length, 2, "the former archive is gone");
    await place.bringBack();
    assert.equal((await stored(place.target, "BUSY")).content.messages, 21);
  });

  it("takes a stream again that was made anew, with as many messages as large", async () => {
    const publish = async (...texts: string[]) => {
      await makeStream(place.source, "ORDERS");
      for (const text of texts) await jetstream(place.source).publish("orders.x", text);
    };
    await publish("aaa", "bbb");
    await place.save();
    await clear(place.source);
    await publish("xxx", "yyy");
    assert.deepEqual(outcomes(await place.save()), { ORDERS: "saved" });
    await place.bringBack();
    assert.equal(
      (await (await jetstreamManager(place.target)).streams.getMessage("ORDERS", { seq: 1 }))?.string(),
      "xxx",
    );
  });

  it("takes again where messages were deleted or acknowledged in between, and only then", async () => {
    await makeStream(place.source, "GAPS");
    await fill(place.source, "GAPS", 20);
    const manager = await jetstreamManager(place.source);
    await manager.streams.deleteMessage("GAPS", 7);
    await consume(place.source, "GAPS", "worker", 0);
    const worker = await jetstream(place.source).consumers.get("GAPS", "worker");
    const messages = [];
    for await (const message of await worker.fetch({ max_messages: 5 })) messages.push(message);
    await place.save();
    assert.deepEqual(outcomes(await place.save()), { GAPS: "unchanged" });
    // Its acknowledgement leaves both of the consumer's positions where they are.
    await messages[3]?.ackAck();
    assert.deepEqual(outcomes(await place.save()), { GAPS: "saved" });
    await place.bringBack();
    assert.equal((await (await jetstreamManager(place.target)).consumers.info("GAPS", "worker")).num_ack_pending, 4);
  });

  it("saves what comes while it is at it, or leaves it, and says the same as the archive", async () => {
    await makeStream(place.source, "BUSY");
    await fill(place.source, "BUSY", 2_000, 2_000);
    let sent = 0;
    const onProgress = () => place.source.publish(`busy.${sent++}`, "more");
    assert.equal((await place.save({ onProgress })).ok, true);
    assert.ok(sent > 10);
    const [saved] = (await readManifest(place.store))?.streams ?? [];
    assert.ok(saved?.content && saved.content.messages >= 2_000);
    const report = await place.bringBack();
    assert.deepEqual([outcomes(report), report.streams[0]?.notes], [{ BUSY: "restored" }, []]);
  });

  it("says that a stream cannot be compared that keeps losing messages", async () => {
    await makeStream(place.source, "SHORT", { max_msgs: 2_000 });
    await fill(place.source, "SHORT", 2_000);
    let taken = 0;
    const onProgress = ({ doing }: Progress) => {
      if (doing === "checking") place.source.publish(`short.${taken++}`, "drives the oldest out");
    };
    const report = await place.save({ onProgress });
    assert.ok(taken >= 3, "taken three times");
    assert.match(report.streams[0]?.notes.join() ?? "", /lost messages while it was read, 3 times/);
    assert.equal((await readManifest(place.store))?.streams[0]?.content, null);
    assert.equal(readdirSync(place.file("streams")).length, 1);
    const restored = await place.bringBack();
    assert.deepEqual(outcomes(restored), { SHORT: "restored" });
    assert.match(restored.streams[0]?.notes.join() ?? "", /not compared: it lost messages/);
  });

  it("takes a stream again whose consumers go while it is saved, and says so if they always do", async () => {
    await makeStream(place.source, "BUSY");
    await fill(place.source, "BUSY", 10);
    for (const name of ["anew", "stays"]) await consume(place.source, "BUSY", name, 3);
    const plain = place.store.write.bind(place.store);
    let times = 1;
    // The snapshot has begun then.
    place.store.write = async (name, content, signal) => {
      if (name.startsWith("streams/") && times-- > 0) {
        await (await jetstreamManager(place.source)).consumers.delete("BUSY", "anew");
        await consume(place.source, "BUSY", "anew", 0);
      }
      await plain(name, content, signal);
    };
    const report = await place.save();
    assert.deepEqual([outcomes(report), report.streams[0]?.notes], [{ BUSY: "saved" }, []]);
    const positions = async () =>
      (await readManifest(place.store))?.streams[0]?.consumers.map(({ name, delivered }) => [name, delivered]);
    assert.deepEqual(await positions(), [
      ["anew", 0],
      ["stays", 3],
    ]);
    assert.deepEqual(outcomes(await place.bringBack()), { BUSY: "restored" });
    await clear(place.target);
    times = 3;
    await fill(place.source, "BUSY", 1);
    const [busy] = (await place.save()).streams;
    assert.match(busy?.notes.join() ?? "", /consumers went while it was saved, 3 times/);
    assert.deepEqual(await positions(), []);
    assert.deepEqual(outcomes(await place.bringBack()), { BUSY: "restored" });
  });
});
