import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FolderStore } from "../../../../../commands/ctl/backup/folder-store";
import {
  archiveFile,
  newManifest,
  readManifest,
  type SavedStream,
  writeManifest,
} from "../../../../../commands/ctl/backup/manifest";
import { progressLines } from "../../../../../commands/ctl/backup/report";

const now = new Date("2026-11-28T06:20:00.123Z");

describe("manifest of a backup", () => {
  const dir = mkdtempSync(join(tmpdir(), "nats-platform-manifest-"));
  const store = new FolderStore(dir);

  after(() => rmSync(dir, { recursive: true }));

  it("has files of safe names, each of its own", () => {
    assert.equal(archiveFile("ORDERS", now), "streams/ORDERS.20261128T062000123Z.tar.s2");
    for (const name of ["a b", "ü", "a'(b)!*", "x".repeat(255), "ß".repeat(100)]) {
      assert.match(archiveFile(name, now), /^streams\/[A-Za-z0-9%_~-]{1,180}\.[0-9TZ]+\.tar\.s2$/, name);
    }
    assert.notEqual(archiveFile("x".repeat(254), now), archiveFile("x".repeat(255), now));
  });

  it("is read as it was written", async () => {
    await writeManifest(store, newManifest("A", "2.14.2", now));
    assert.deepEqual(await readManifest(store), newManifest("A", "2.14.2", now));
  });

  it("names no file outside of its folder, even if it is signed for", async () => {
    const archive = { file: "streams/../../secret.1.tar.s2", bytes: 1, sha256: "0".repeat(64) };
    const state = { messages: 0 } as SavedStream["state"];
    const config = {} as SavedStream["config"];
    const stream: SavedStream = {
      name: "S",
      taken: now.toISOString(),
      config,
      state,
      consumers: [],
      archive,
      content: null,
    };
    await writeManifest(store, { ...newManifest("A", "2.14.2", now), streams: [stream] });
    await assert.rejects(readManifest(store), /manifest.json of \S+ is not a backup's: .*/);
  });

  it("has streams of names that servers take, each once and under its own, and counts that are some", async () => {
    const state = { messages: 0, bytes: 0, first_seq: 0, last_seq: 0 } as SavedStream["state"];
    const good = (name = "S", own = name, more: object = {}): SavedStream => ({
      name,
      taken: now.toISOString(),
      config: { name: own } as SavedStream["config"],
      state,
      consumers: [],
      archive: null,
      content: null,
      ...more,
    });
    const write = (...streams: SavedStream[]) => writeManifest(store, { ...newManifest("A", "2.14.2", now), streams });
    await write(good(), good("T"));
    assert.equal((await readManifest(store))?.streams.length, 2);
    for (const streams of [
      [good(), good()],
      [good("S", "T")],
      [good("S 0\r\n\r\nPUB x 1\r\ny")],
      [good("a.>")],
      [good("")],
      [good("S", "S", { state: { ...state, last_seq: 1e18 } })],
      [good("S", "S", { state: { ...state, messages: -1 } })],
      [good("S", "S", { state: { messages: 0 } })],
      [good("S", "S", { consumers: [{ name: "c", config: { durable_name: "d.>" }, delivered: 0, acknowledged: 0 }] })],
    ]) {
      await write(...streams);
      await assert.rejects(readManifest(store), /manifest.json of \S+ is not a backup's/, JSON.stringify(streams));
    }
    await write();
  });

  it("has a checksum that anybody can compute", () => {
    const { sha256, ...rest } = JSON.parse(readFileSync(join(dir, "manifest.json"), "utf8"));
    assert.equal(sha256, createHash("sha256").update(JSON.stringify(rest)).digest("hex"));
    writeFileSync(join(dir, "manifest.json"), "[]");
  });

  it("is an object", async () => {
    await assert.rejects(readManifest(store), /has format undefined; this program reads 1/);
  });
});

describe("progress", () => {
  it("is told when something begins, and every 5 s", () => {
    const lines: string[] = [];
    let time = 0;
    const tell = progressLines(
      (line) => lines.push(line),
      () => time,
    );
    const saving = { stream: "A", doing: "saving", total: 4_096, unit: "bytes" } as const;
    tell({ ...saving, done: 0 });
    time = 4_999;
    tell({ ...saving, done: 1_024 });
    time = 5_000;
    tell({ ...saving, done: 2_048 });
    tell({ ...saving, doing: "reading", unit: "messages", total: 7, done: 1 });
    assert.deepEqual(lines, ["saving A: 4 KiB", "saving A: 2 KiB of 4 KiB", "reading A: 7 messages"]);
  });
});
