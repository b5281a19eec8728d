import assert from "node:assert/strict";
import { Metrics } from "../../../../services/auth-callout/metrics";

const snapshot = { connected: true, keyAgeSeconds: 12.5, caches: { tokens: 3, failures: 0 } };
const ours = (text: string) => text.split("\n").filter((line) => /^auth_callout_/.test(line) && !/_bucket/.test(line));

describe("metrics of the authorization callout", () => {
  it("are there from the start, by name", async () => {
    assert.deepEqual(ours((await new Metrics().text(snapshot)).text), [
      "auth_callout_unreadable_requests_total 0",
      "auth_callout_latency_seconds_sum 0",
      "auth_callout_latency_seconds_count 0",
      "auth_callout_connected 1",
      "auth_callout_key_age_seconds 12.5",
      'auth_callout_cache_entries{cache="tokens"} 3',
      'auth_callout_cache_entries{cache="failures"} 0',
    ]);
  });

  it("count logins by result and reason, and how long each took", async () => {
    const metrics = new Metrics();
    metrics.logins.inc({ result: "accepted", reason: "" });
    metrics.logins.inc({ result: "refused", reason: "expired" });
    metrics.logins.inc({ result: "refused", reason: "expired" });
    metrics.unreadable.inc();
    metrics.latency.startTimer()();
    const { text, contentType } = await metrics.text({ ...snapshot, connected: false });
    assert.match(contentType, /^text\/plain; version=0\.0\.4/);
    for (const line of [
      'auth_callout_logins_total{result="accepted",reason=""} 1',
      'auth_callout_logins_total{result="refused",reason="expired"} 2',
      "auth_callout_unreadable_requests_total 1",
      "auth_callout_latency_seconds_count 1",
      "auth_callout_connected 0",
    ]) {
      assert.ok(ours(text).includes(line), line);
    }
  });

  it("have no age of keys where tokens are not verified by them, and none that is said while they were never had", async () => {
    const line = async (keyAgeSeconds: number | undefined) =>
      ours((await new Metrics().text({ ...snapshot, keyAgeSeconds })).text).find((one) => one.includes("key_age"));
    assert.equal(await line(undefined), "auth_callout_key_age_seconds Nan");
    assert.equal(await line(Number.POSITIVE_INFINITY), "auth_callout_key_age_seconds +Inf");
  });
});
