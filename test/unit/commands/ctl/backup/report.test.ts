import assert from "node:assert/strict";
import { reportLines, type StreamOutcome, workReport } from "../../../../../commands/ctl/backup/report";

describe("commands/ctl/backup/report", () => {
  const outcome = (stream: string, of: StreamOutcome["outcome"], messages: number): StreamOutcome => {
    return { stream, outcome: of, messages, bytes: messages, notes: [] };
  };
  const lastOf = (...streams: StreamOutcome[]) =>
    reportLines(workReport({ account: "SHOP", store: "backup/SHOP" }, streams)).at(-1);

  it("adds up the messages that are in the backup: a stream in memory has none there", () => {
    const streams = [outcome("orders", "saved", 50), outcome("jobs", "configuration only", 3)];
    assert.equal(lastOf(...streams), "2 streams, 50 messages in the backup");
    assert.equal(lastOf(outcome("orders", "unchanged", 1)), "1 stream, 1 message in the backup");
  });

  it("says instead how many failed", () => {
    assert.equal(lastOf(outcome("orders", "saved", 50), outcome("jobs", "failed", 0)), "1 of 2 streams failed");
  });
});
