import assert from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";
import { jetstreamManager } from "@nats-io/jetstream";
import { Kvm } from "@nats-io/kv";
import { headers, type NatsConnection } from "@nats-io/nats-core";
import { until } from "../../local/world/until";
import { fill, makeStream, stored } from "./backup-data";
import { backupPlace } from "./backup-place";
import { outcomes, settings } from "./backup-reports";

describe("backup and restore of messages that expire", () => {
  const place = backupPlace();

  it("compares a bucket whose entries expire before they do, also after their time, and has them expire again", async () => {
    const ttl = 4_000;
    const bucket = await new Kvm(place.source).create("sessions", { ttl, history: 3 });
    for (let index = 0; index < 50; index++) await bucket.put(`s${index % 20}`, `value ${index}`);
    const before = await stored(place.source, "KV_sessions");
    assert.equal((await place.save()).ok, true);
    await until(
      "the source's have expired",
      async () => (await stored(place.source, "KV_sessions")).content.messages === 0,
    );

    const report = await place.bringBack();
    assert.deepEqual(outcomes(report), { KV_sessions: "restored" });
    assert.match(report.streams[0]?.notes.join() ?? "", /at least 50 messages are past its max_age and go at once/);
    const { info } = await stored(place.target, "KV_sessions");
    assert.deepEqual(settings(info.config), settings(before.info.config));
    await until("they expire at once", async () => (await stored(place.target, "KV_sessions")).content.messages === 0);
    const again = await place.bringBack();
    assert.deepEqual(outcomes(again), { KV_sessions: "already there" });
    assert.match(again.streams[0]?.notes.join() ?? "", /50 messages passed its max_age since/);
    await (await new Kvm(place.target).open("sessions")).put("new", "value");
  });

  it("tells messages that were deleted by hand from those that have expired", async () => {
    const max_age = 4e9;
    await makeStream(place.source, "SHORT", { max_age });
    await fill(place.source, "SHORT", 5);
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    for (let index = 0; index < 20; index++) place.source.publish(`short.late.${index}`, "later");
    await place.source.flush();
    await place.save();
    await place.bringBack();
    await until("the first have expired", async () => (await stored(place.target, "SHORT")).content.messages <= 20);
    // The others stay: what is looked at is not to change while it is.
    const { streams } = await jetstreamManager(place.target);
    await streams.update("SHORT", { max_age: 0 });
    const report = await place.bringBack();
    assert.match(report.streams[0]?.notes.join() ?? "", /5 messages passed its max_age since/);
    await streams.deleteMessage("SHORT", 15);
    await assert.rejects(place.bringBack(), /other data in SHORT \(19 messages, not 25.*; it has \d+ messages in all/);
  });

  it("compares messages with a time to live or a schedule of their own before that has an effect", async () => {
    const config = { allow_msg_ttl: true, allow_msg_schedules: true } as object;
    await makeStream(place.source, "TIMED", config);
    const short = headers();
    short.set("Nats-TTL", "3s");
    place.source.publish("timed.short", "ends", { headers: short });
    const later = headers();
    later.set("Nats-Schedule", `@at ${new Date(Date.now() + 4_000).toISOString()}`);
    later.set("Nats-Schedule-Target", "timed.fired");
    place.source.publish("timed.schedule", "fires", { headers: later });
    place.source.publish("timed.long", "stays");
    await place.source.flush();
    assert.deepEqual(
      (await place.save()).streams.map(({ messages }) => messages),
      [3],
    );
    const subjects = async (connection: NatsConnection) =>
      Object.keys(
        (await (await jetstreamManager(connection)).streams.info("TIMED", { subjects_filter: ">" })).state.subjects ??
          {},
      ).sort();
    const end = ["timed.fired", "timed.long"];
    await until("both have had their effect", async () => isDeepStrictEqual(await subjects(place.source), end));
    const report = await place.bringBack();
    assert.deepEqual([outcomes(report), report.streams[0]?.notes], [{ TIMED: "restored" }, []]);
    await until("both have it again", async () => isDeepStrictEqual(await subjects(place.target), end));
  });
});
