import assert from "node:assert/strict";
import { jetstreamManager, StorageType } from "@nats-io/jetstream";
import { until } from "../../local/world/until";
import { consume, fill, makeStream, nextOf, stored } from "./backup-data";
import { backupPlace } from "./backup-place";
import { abortAt, outcomes } from "./backup-reports";

describe("restore of consumers that are in no archive", () => {
  const place = backupPlace();

  it("makes those kept in memory anew, and says whose position is lost", async () => {
    await makeStream(place.source, "ORDERS");
    await fill(place.source, "ORDERS", 20);
    await consume(place.source, "ORDERS", "quick", 5, { mem_storage: true });
    await consume(place.source, "ORDERS", "unused", 0, { mem_storage: true });
    await consume(place.source, "ORDERS", "worker", 7);
    await place.save();
    const note = "consumer quick is kept in memory: its position is lost, it begins anew";
    const report = await place.bringBack();
    assert.deepEqual([outcomes(report), report.streams[0]?.notes], [{ ORDERS: "restored" }, [note]]);
    assert.equal((await stored(place.target, "ORDERS")).info.state.consumer_count, 3);
    assert.equal(await nextOf(place.target, "ORDERS", "quick"), 1);
    assert.equal(await nextOf(place.target, "ORDERS", "worker"), 8);
    assert.deepEqual(outcomes(await place.bringBack()), { ORDERS: "already there" });
  });

  it("says of one that has ended since, because nobody used it, that it did", async () => {
    await makeStream(place.source, "ORDERS");
    await fill(place.source, "ORDERS", 20);
    await consume(place.source, "ORDERS", "brief", 5, { inactive_threshold: 2e9 });
    await place.save();
    await assert.rejects(place.bringBack(abortAt("ORDERS", "reading")), /stopped/);
    await until("it has ended", async () => (await stored(place.target, "ORDERS")).info.state.consumer_count === 0);
    const report = await place.bringBack();
    const note = "consumer brief ended: nobody has used it for its time";
    assert.deepEqual([outcomes(report), report.streams[0]?.notes], [{ ORDERS: "restored" }, [note]]);
    assert.equal((await stored(place.target, "ORDERS")).info.config.metadata?.["nats-platform.restoring"], undefined);
  }).timeout(60_000);

  it("makes what a stream in memory lacks when it is run again", async () => {
    await makeStream(place.source, "CACHE", { storage: StorageType.Memory });
    for (const name of ["a", "b"]) await consume(place.source, "CACHE", name, 0);
    await place.save();
    await place.bringBack();
    await (await jetstreamManager(place.target)).consumers.delete("CACHE", "b");
    assert.deepEqual(outcomes(await place.bringBack()), { CACHE: "configuration only" });
    assert.equal((await stored(place.target, "CACHE")).info.state.consumer_count, 2);
    assert.deepEqual(outcomes(await place.bringBack()), { CACHE: "already there" });
  });
});
