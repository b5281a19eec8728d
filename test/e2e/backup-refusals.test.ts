import assert from "node:assert/strict";
import {
  appendFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import type { NatsConnection } from "@nats-io/nats-core";
import { backup } from "../../commands/ctl/backup/backup";
import { FolderStore } from "../../commands/ctl/backup/folder-store";
import { readManifest } from "../../commands/ctl/backup/manifest";
import { restore } from "../../commands/ctl/backup/restore";
import { clear, fill, makeStream, namesIn, stored } from "./backup-data";
import { abortAt, outcomes } from "./backup-reports";
import { BackupServers, smallAccountBytes } from "./backup-servers";

describe("backup and restore, where something speaks against it", () => {
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

  it("keeps out of a folder that a link leads to, whose archives are another's", async () => {
    await makeStream(source, "ONE");
    await fill(source, "ONE", 5);
    await save();
    const elsewhere = new FolderStore(servers.folder("linked"));
    mkdirSync(elsewhere.name);
    symlinkSync(file("streams"), join(elsewhere.name, "streams"));
    const before = readdirSync(file("streams"));
    await assert.rejects(backup(source, elsewhere, { account: "source" }), /linked\/streams is a symbolic link/);
    assert.deepEqual(readdirSync(file("streams")), before);
  });

  it("says of a manifest that is a folder that it is no file", async () => {
    mkdirSync(file("manifest.json"), { recursive: true });
    await assert.rejects(bringBack(), /manifest\.json is no file: is .* the place of a backup\?/);
  });

  it("stays incomplete until what was missing is there, whatever is saved beside it", async () => {
    for (const name of ["ONE", "TWO"]) {
      await makeStream(source, name);
      await fill(source, name, 5);
    }
    const plain = store.write.bind(store);
    store.write = async (name, content, signal) => {
      if (name.includes("TWO")) throw new Error("disk error");
      return plain(name, content, signal);
    };
    assert.deepEqual(outcomes(await save()), { ONE: "saved", TWO: "disk error" });
    store = new FolderStore(store.name);
    const state = async () => {
      const manifest = await readManifest(store);
      return [manifest?.complete, manifest?.missing];
    };
    assert.deepEqual(await state(), [false, ["TWO"]]);
    assert.deepEqual(outcomes(await save({ streams: ["ONE"] })), { ONE: "unchanged" });
    assert.deepEqual(await state(), [false, ["TWO"]]);
    await assert.rejects(bringBack(), /the backup is not complete/);
    assert.deepEqual(outcomes(await save({ streams: ["TWO"] })), { TWO: "saved" });
    assert.deepEqual(await state(), [true, []]);
  });

  it("keeps what it has of a stream whose restore is not finished", async () => {
    await makeStream(source, "PARKED", { max_age: 3_600e9 });
    await fill(source, "PARKED", 50);
    await save();
    const before = await readManifest(store);
    await clear(source);
    await assert.rejects(restore(source, store, { account: "source", ...abortAt("PARKED", "reading") }), /stopped/);
    const { PARKED } = outcomes(await save());
    assert.match(PARKED ?? "", /its restore is not finished: run the restore again/);
    const after = await readManifest(store);
    assert.deepEqual(after, before);
    const elsewhere = new FolderStore(servers.folder(`backup-${++next}`));
    const other = await backup(source, elsewhere, { account: "source" });
    assert.match(outcomes(other).PARKED ?? "", /its restore is not finished/);
    const { complete, missing, streams } = (await readManifest(elsewhere)) ?? {};
    assert.deepEqual([complete, missing, streams], [false, ["PARKED"], []]);
    const report = await restore(source, store, { account: "source" });
    assert.deepEqual(outcomes(report), { PARKED: "restored" });
    assert.equal((await stored(source, "PARKED")).info.config.max_age, 3_600e9);
    assert.equal((await save()).ok, true);
    assert.equal((await readManifest(store))?.complete, true);
  });

  describe("refuses before anything is changed", () => {
    beforeEach(async () => {
      for (const name of ["ONE", "TWO"]) {
        await makeStream(source, name);
        await fill(source, name, 300, 300);
      }
      await save();
    });

    const archive = () => file(`streams/${readdirSync(file("streams")).find((name) => name.startsWith("TWO")) ?? ""}`);
    const manifest = () => file("manifest.json");
    const cases: Readonly<Record<string, readonly [spoil: () => void, says: RegExp]>> = {
      "an archive with another byte": [
        () => {
          const bytes = readFileSync(archive());
          bytes[1_000] = (bytes[1_000] ?? 0) ^ 1;
          writeFileSync(archive(), bytes);
        },
        /archive \S+ of stream TWO is not as it was written: its checksum is another.*Nothing was changed/,
      ],
      "an archive cut short": [() => truncateSync(archive(), 2_000), /of stream TWO has 2000 bytes, \d+ were written/],
      "an archive with more at its end": [() => appendFileSync(archive(), "x"), /of stream TWO has \d+ bytes/],
      "a missing archive": [() => rmSync(archive()), /of stream TWO is missing/],
      "an altered manifest": [
        () => writeFileSync(manifest(), readFileSync(manifest(), "utf8").replace(/"messages": 300/, '"messages": 299')),
        /manifest.json of \S+ is not as it was written: its checksum is another/,
      ],
      "a manifest cut short": [() => truncateSync(manifest(), 100), /manifest.json of \S+ is no JSON/],
      "a manifest of another format": [
        () => writeFileSync(manifest(), readFileSync(manifest(), "utf8").replace('"format": 1', '"format": 2')),
        /has format 2; this program reads 1/,
      ],
      "a missing manifest": [() => rmSync(manifest()), /has no manifest.json: it is no backup/],
    };
    for (const [what, [spoil, says]] of Object.entries(cases)) {
      it(what, async () => {
        spoil();
        await assert.rejects(bringBack(), says);
        assert.deepEqual(await namesIn(target), []);
      });
    }

    it("streams that the backup does not have, or the account", async () => {
      await assert.rejects(bringBack({ streams: ["ONE", "ELSE"] }), /the backup has no stream ELSE; it has ONE, TWO/);
      await assert.rejects(save({ streams: ["ELSE"] }), /account source has no stream ELSE; it has ONE, TWO/);
      await assert.rejects(
        backup(target, store, { account: "target" }),
        /holds a backup of account source, not target/,
      );
      assert.deepEqual(await namesIn(target), []);
    });

    it("to touch data that is there already, and replaces it when told to, keeping what was there", async () => {
      await makeStream(target, "TWO");
      await fill(target, "TWO", 500);
      const former = await stored(target, "TWO");
      await assert.rejects(bringBack(), /other data in TWO \(.*\)\. Nothing was changed: .*--replace/);
      assert.deepEqual(await namesIn(target), ["TWO"]);
      assert.equal((await stored(target, "TWO")).content.sha256, former.content.sha256);

      const report = await bringBack({ replace: true });
      assert.deepEqual(outcomes(report), { ONE: "restored", TWO: "replaced" });
      assert.equal((await stored(target, "TWO")).content.sha256, (await stored(source, "TWO")).content.sha256);
      const kept = new FolderStore(report.replaced ?? "");
      assert.equal(join(kept.name, ".."), store.name);
      const other = await servers.connect("other");
      await restore(other, kept, { account: "other" });
      assert.equal((await stored(other, "TWO")).content.sha256, former.content.sha256);
      await clear(other);
    });

    it("an account without room, naming what is needed and left", async () => {
      const small = await servers.connect("small");
      await makeStream(source, "LARGE");
      await fill(source, "LARGE", 1_000, 2_000);
      await save();
      const { bytes } = (await stored(source, "LARGE")).info.state;
      const says = new RegExp(
        `account small has no room: (\\d+) bytes on disk are needed, ${smallAccountBytes} of ${smallAccountBytes} are left`,
      );
      await assert.rejects(restore(small, store, { account: "small" }), (error: Error) => {
        const needed = Number(says.exec(error.message)?.[1]);
        return needed > bytes;
      });
      assert.deepEqual(await namesIn(small), []);
      const report = await restore(small, store, { account: "small", streams: ["ONE"] });
      assert.deepEqual(outcomes(report), { ONE: "restored" });
      await clear(small);
    });
  });
});
