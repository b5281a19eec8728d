import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { NatsConnection } from "@nats-io/nats-core";
import { backup } from "../../commands/ctl/backup/backup";
import { FolderStore } from "../../commands/ctl/backup/folder-store";
import { lockFile, newHolder } from "../../commands/ctl/backup/lock";
import { readManifest } from "../../commands/ctl/backup/manifest";
import { openStore } from "../../commands/ctl/backup/open-store";
import { restore } from "../../commands/ctl/backup/restore";
import { readText, type Store, writeText } from "../../commands/ctl/backup/store";
import { clear, fill, makeStream } from "./backup-data";
import { killedWhile } from "./backup-process";
import { outcomes } from "./backup-reports";
import { S3Server } from "./backup-s3";
import { BackupServers } from "./backup-servers";

const held =
  /is being written by another backup, process \d+ on .+, since \S+, last seen \S+\. Wait until it has ended/;

describe("backups into one place", () => {
  let servers: BackupServers;
  let source: NatsConnection;
  let target: NatsConnection;
  let store: FolderStore;
  let next = 0;
  const file = (name: string) => join(store.name, name);
  const save = (more = {}) => backup(source, store, { account: "source", ...more });

  before(async () => {
    servers = await BackupServers.start(1);
    source = await servers.connect("source");
    target = await servers.connect("target");
  });

  beforeEach(async () => {
    store = new FolderStore(servers.folder(`backup-${++next}`));
    for (const name of ["A", "B"]) {
      await makeStream(source, name);
      await fill(source, name, 300, 1_000);
    }
  });

  afterEach(() => clear(source, target));

  after(() => servers.stop());

  it("are made one at a time: of two that begin at once one is refused, and the other is whole", async () => {
    const both = await Promise.allSettled([save({ streams: ["A"] }), save({ streams: ["B"] })]);
    const refused = both.flatMap((one) => (one.status === "rejected" ? [String(one.reason)] : []));
    assert.equal(refused.length, 1);
    assert.match(refused[0] ?? "", held);
    assert.equal((await save()).ok, true);
    assert.deepEqual(outcomes(await restore(target, store, { account: "target" })), { A: "restored", B: "restored" });
  });

  it("are refused while another process writes, and go on after it was killed", async () => {
    const killed = killedWhile(servers.login("source"), ["backup", store.name], { stream: "B", doing: "reading" });
    while (!existsSync(file(lockFile))) await new Promise((resolve) => setTimeout(resolve, 5));
    const refused: unknown = await save().catch((error: unknown) => error);
    await killed;
    assert.match(String(refused), held);
    assert.ok(existsSync(file(lockFile)), "it was killed before it could remove it");
    writeFileSync(file("streams/B.1.tar.s2.x.partial"), "what it was at");
    writeFileSync(file("manifest.json.x.partial"), "what it was at");
    writeFileSync(file("notes.partial"), "somebody's own");
    const report = await save();
    assert.deepEqual([report.ok, outcomes(report).A], [true, "unchanged"]);
    assert.deepEqual(readdirSync(store.name).sort(), ["manifest.json", "notes.partial", "streams"]);
    assert.equal(readdirSync(file("streams")).length, 2);
  });

  it("are refused by a holder elsewhere until it was not seen for 5 minutes", async () => {
    mkdirSync(store.name, { recursive: true });
    const elsewhere = { ...newHolder(new Date()), host: "elsewhere" };
    writeFileSync(file(lockFile), JSON.stringify(elsewhere));
    await assert.rejects(save(), /on elsewhere.*not seen for 5 minutes counts as gone.*remove backup.lock there/);
    assert.deepEqual(readdirSync(store.name), [lockFile], "nothing was written");
    writeFileSync(file(lockFile), JSON.stringify({ ...elsewhere, renewed: new Date(Date.now() - 301_000) }));
    assert.equal((await save()).ok, true);
    assert.equal(existsSync(file(lockFile)), false);
    writeFileSync(file(lockFile), "");
    await assert.rejects(save(), /kept by a backup.lock that says nothing/);
  });

  it("end when somebody else has taken the place, and leave it to them", async () => {
    const other = JSON.stringify({ ...newHolder(new Date()), host: "elsewhere" });
    const onProgress = () => writeFileSync(file(lockFile), other);
    await assert.rejects(save({ onProgress }), /another backup has taken \S+ in the meantime/);
    assert.equal(readFileSync(file(lockFile), "utf8"), other);
    assert.equal(await readManifest(store), undefined);
  });

  it("say so when an archive has gone that was written before", async () => {
    const onProgress = ({ stream }: { stream: string }) => {
      if (stream !== "B") return;
      for (const name of readdirSync(file("streams"))) if (name.startsWith("A.")) rmSync(file(`streams/${name}`));
    };
    await assert.rejects(save({ onProgress }), /streams\/A\.\S+ went missing while the backup was made/);
    assert.equal((await readManifest(store))?.complete, false);
    assert.deepEqual(outcomes(await save()), { A: "saved", B: "unchanged" });
  });

  it("leave nothing of a process of its own that has ended well", async () => {
    const script = join(__dirname, "load", "backup.ts");
    const child = spawn(process.execPath, ["--require", "@swc-node/register", script, "backup", store.name], {
      env: { ...process.env, LOGIN: JSON.stringify(servers.login("source")) },
      stdio: ["ignore", "ignore", "inherit"],
    });
    assert.deepEqual(await once(child, "exit"), [0, null]);
    assert.deepEqual(readdirSync(store.name).sort(), ["manifest.json", "streams"]);
  });

  describe("in S3", () => {
    let s3: S3Server;
    let bucket: Store;
    const environment = { AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test" };
    const saveThere = (more = {}) => backup(source, bucket, { account: "source", ...more });

    before(async () => {
      Object.assign(process.env, environment);
      s3 = await S3Server.start();
    });

    beforeEach(async () => {
      bucket = await openStore(`s3://${S3Server.bucket}/${++next}`, s3.endpoint);
    });

    after(async () => {
      for (const name of Object.keys(environment)) delete process.env[name];
      await s3.stop();
    });

    it("are refused while another writes, and leave no lock", async () => {
      let refused: Promise<unknown> | undefined;
      const onProgress = () => {
        refused ??= saveThere().catch((error: unknown) => error);
      };
      assert.equal((await saveThere({ onProgress })).ok, true);
      assert.match(String(await refused), held);
      assert.deepEqual(await bucket.list(""), ["manifest.json"]);
    });

    it("take the place of one who is gone", async () => {
      const gone = { ...newHolder(new Date(Date.now() - 301_000)), host: "elsewhere" };
      await writeText(bucket, lockFile, JSON.stringify(gone));
      assert.equal((await saveThere()).ok, true);
      assert.equal(await readText(bucket, lockFile), undefined);
    });
  });
});
