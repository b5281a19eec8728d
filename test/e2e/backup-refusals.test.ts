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
import { backup } from "../../commands/ctl/backup/backup";
import { FolderStore } from "../../commands/ctl/backup/folder-store";
import { readManifest } from "../../commands/ctl/backup/manifest";
import { restore } from "../../commands/ctl/backup/restore";
import { clear, fill, makeStream, namesIn, stored } from "./backup-data";
import { backupPlace } from "./backup-place";
import { abortAt, outcomes } from "./backup-reports";
import { smallAccountBytes } from "./backup-servers";

describe("backup and restore, where something speaks against it", () => {
  const place = backupPlace();

  it("keeps out of a folder that a link leads to, whose archives are another's", async () => {
    await makeStream(place.source, "ONE");
    await fill(place.source, "ONE", 5);
    await place.save();
    const elsewhere = new FolderStore(place.servers.folder("linked"));
    mkdirSync(elsewhere.name);
    symlinkSync(place.file("streams"), join(elsewhere.name, "streams"));
    const before = readdirSync(place.file("streams"));
    await assert.rejects(backup(place.source, elsewhere, { account: "source" }), /linked\/streams is a symbolic link/);
    assert.deepEqual(readdirSync(place.file("streams")), before);
  });

  it("says of a manifest that is a folder that it is no file", async () => {
    mkdirSync(place.file("manifest.json"), { recursive: true });
    await assert.rejects(place.bringBack(), /manifest\.json is no file: is .* the place of a backup\?/);
  });

  it("stays incomplete until what was missing is there, whatever is saved beside it", async () => {
    for (const name of ["ONE", "TWO"]) {
      await makeStream(place.source, name);
      await fill(place.source, name, 5);
    }
    const plain = place.store.write.bind(place.store);
    place.store.write = async (name, content, signal) => {
      if (name.includes("TWO")) throw new Error("disk error");
      return plain(name, content, signal);
    };
    assert.deepEqual(outcomes(await place.save()), { ONE: "saved", TWO: "disk error" });
    place.store = new FolderStore(place.store.name);
    const state = async () => {
      const manifest = await readManifest(place.store);
      return [manifest?.complete, manifest?.missing];
    };
    assert.deepEqual(await state(), [false, ["TWO"]]);
    assert.deepEqual(outcomes(await place.save({ streams: ["ONE"] })), { ONE: "unchanged" });
    assert.deepEqual(await state(), [false, ["TWO"]]);
    await assert.rejects(place.bringBack(), /the backup is not complete/);
    assert.deepEqual(outcomes(await place.save({ streams: ["TWO"] })), { TWO: "saved" });
    assert.deepEqual(await state(), [true, []]);
  });

  it("keeps what it has of a stream whose restore is not finished", async () => {
    await makeStream(place.source, "PARKED", { max_age: 3_600e9 });
    await fill(place.source, "PARKED", 50);
    await place.save();
    const before = await readManifest(place.store);
    await clear(place.source);
    await assert.rejects(
      restore(place.source, place.store, { account: "source", ...abortAt("PARKED", "reading") }),
      /stopped/,
    );
    const { PARKED } = outcomes(await place.save());
    assert.match(PARKED ?? "", /its restore is not finished: run the restore again/);
    const after = await readManifest(place.store);
    assert.deepEqual(after, before);
    const elsewhere = new FolderStore(place.servers.folder("elsewhere"));
    const other = await backup(place.source, elsewhere, { account: "source" });
    assert.match(outcomes(other).PARKED ?? "", /its restore is not finished/);
    const { complete, missing, streams } = (await readManifest(elsewhere)) ?? {};
    assert.deepEqual([complete, missing, streams], [false, ["PARKED"], []]);
    const report = await restore(place.source, place.store, { account: "source" });
    assert.deepEqual(outcomes(report), { PARKED: "restored" });
    assert.equal((await stored(place.source, "PARKED")).info.config.max_age, 3_600e9);
    assert.equal((await place.save()).ok, true);
    assert.equal((await readManifest(place.store))?.complete, true);
  });

  describe("refuses before anything is changed", () => {
    beforeEach(async () => {
      for (const name of ["ONE", "TWO"]) {
        await makeStream(place.source, name);
        await fill(place.source, name, 300, 300);
      }
      await place.save();
    });

    const archive = () =>
      place.file(`streams/${readdirSync(place.file("streams")).find((name) => name.startsWith("TWO")) ?? ""}`);
    const manifest = () => place.file("manifest.json");
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
        await assert.rejects(place.bringBack(), says);
        assert.deepEqual(await namesIn(place.target), []);
      });
    }

    it("streams that the backup does not have, or the account", async () => {
      await assert.rejects(
        place.bringBack({ streams: ["ONE", "ELSE"] }),
        /the backup has no stream ELSE; it has ONE, TWO/,
      );
      await assert.rejects(place.save({ streams: ["ELSE"] }), /account source has no stream ELSE; it has ONE, TWO/);
      await assert.rejects(
        backup(place.target, place.store, { account: "target" }),
        /holds a backup of account source, not target/,
      );
      assert.deepEqual(await namesIn(place.target), []);
    });

    it("to touch data that is there already, and replaces it when told to, keeping what was there", async () => {
      await makeStream(place.target, "TWO");
      await fill(place.target, "TWO", 500);
      const former = await stored(place.target, "TWO");
      await assert.rejects(place.bringBack(), /other data in TWO \(.*\)\. Nothing was changed: .*--replace/);
      assert.deepEqual(await namesIn(place.target), ["TWO"]);
      assert.equal((await stored(place.target, "TWO")).content.sha256, former.content.sha256);

      const report = await place.bringBack({ replace: true });
      assert.deepEqual(outcomes(report), { ONE: "restored", TWO: "replaced" });
      assert.equal(
        (await stored(place.target, "TWO")).content.sha256,
        (await stored(place.source, "TWO")).content.sha256,
      );
      const kept = new FolderStore(report.replaced ?? "");
      assert.equal(join(kept.name, ".."), place.store.name);
      const other = await place.servers.connect("other");
      await restore(other, kept, { account: "other" });
      assert.equal((await stored(other, "TWO")).content.sha256, former.content.sha256);
      await clear(other);
    });

    it("an account without room, naming what is needed and left", async () => {
      const small = await place.servers.connect("small");
      await makeStream(place.source, "LARGE");
      await fill(place.source, "LARGE", 1_000, 2_000);
      await place.save();
      const { bytes } = (await stored(place.source, "LARGE")).info.state;
      const says = new RegExp(
        `account small has no room: (\\d+) bytes on disk are needed, ${smallAccountBytes} of ${smallAccountBytes} are left`,
      );
      await assert.rejects(restore(small, place.store, { account: "small" }), (error: Error) => {
        const needed = Number(says.exec(error.message)?.[1]);
        return needed > bytes;
      });
      assert.deepEqual(await namesIn(small), []);
      const report = await restore(small, place.store, { account: "small", streams: ["ONE"] });
      assert.deepEqual(outcomes(report), { ONE: "restored" });
      await clear(small);
    });
  });
});
