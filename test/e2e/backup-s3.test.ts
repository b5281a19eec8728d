import assert from "node:assert/strict";
import { CreateMultipartUploadCommand, ListMultipartUploadsCommand, type S3Client } from "@aws-sdk/client-s3";
import type { NatsConnection } from "@nats-io/nats-core";
import { backup } from "../../commands/ctl/backup/backup";
import { readManifest } from "../../commands/ctl/backup/manifest";
import { openStore } from "../../commands/ctl/backup/open-store";
import { restore } from "../../commands/ctl/backup/restore";
import { s3Client } from "../../commands/ctl/backup/s3-store";
import { readText, type Store, writeText } from "../../commands/ctl/backup/store";
import { clear, fill, makeStream, namesIn, stored } from "./backup-data";
import { abortAt, outcomes } from "./backup-reports";
import { S3Server } from "./backup-s3";
import { BackupServers } from "./backup-servers";

describe("backup and restore, with S3", () => {
  let servers: BackupServers;
  let s3: S3Server;
  let client: S3Client;
  let source: NatsConnection;
  let target: NatsConnection;
  let store: Store;
  let next = 0;
  const environment = { AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test" };
  const save = (more = {}) => backup(source, store, { account: "source", ...more });
  const bringBack = (more = {}) => restore(target, store, { account: "target", ...more });

  before(async () => {
    Object.assign(process.env, environment);
    servers = await BackupServers.start(1);
    s3 = await S3Server.start();
    client = s3Client(s3.endpoint);
    source = await servers.connect("source");
    target = await servers.connect("target");
  });

  beforeEach(async () => {
    store = await openStore(`s3://${S3Server.bucket}/nightly/${++next}/`, s3.endpoint);
  });

  afterEach(() => clear(source, target));

  after(async () => {
    for (const name of Object.keys(environment)) delete process.env[name];
    client.destroy();
    await s3.stop();
    await servers.stop();
  });

  it("saves and brings back, a stream larger than a part, too", async () => {
    await makeStream(source, "LARGE");
    await fill(source, "LARGE", 1_000, 40_000);
    await makeStream(source, "SMALL");
    await fill(source, "SMALL", 5);
    assert.deepEqual(outcomes(await save()), { LARGE: "saved", SMALL: "saved" });
    const [large] = (await readManifest(store))?.streams ?? [];
    assert.ok((large?.archive?.bytes ?? 0) > 2 * 16 * 1024 * 1024, "it has several parts");
    assert.deepEqual(outcomes(await bringBack()), { LARGE: "restored", SMALL: "restored" });
    for (const name of ["LARGE", "SMALL"]) {
      assert.equal((await stored(target, name)).content.sha256, (await stored(source, name)).content.sha256);
    }
  });

  it("takes again what has changed, and removes what it follows", async () => {
    await makeStream(source, "BUSY");
    await fill(source, "BUSY", 5);
    await save();
    const [former] = await store.list("streams");
    source.publish("busy.more");
    assert.deepEqual(outcomes(await save()), { BUSY: "saved" });
    const archives = await store.list("streams");
    assert.ok(archives.length === 1 && archives[0] !== former);
    assert.deepEqual(outcomes(await save()), { BUSY: "unchanged" });
  });

  it("goes on when it is interrupted, and leaves no half object", async () => {
    for (const name of ["A", "B"]) {
      await makeStream(source, name);
      await fill(source, name, 1_000, 20_000);
    }
    await assert.rejects(save(abortAt("B", "saving")), /stopped/);
    assert.deepEqual(
      (await store.list("streams")).map((file) => file[0]),
      ["A"],
    );
    assert.deepEqual(await uploads(), []);
    assert.deepEqual(outcomes(await save()), { A: "unchanged", B: "saved" });
    await assert.rejects(bringBack(abortAt("B", "restoring")), /stopped/);
    assert.deepEqual(outcomes(await bringBack()), { A: "already there", B: "restored" });
  });

  it("refuses what was altered or is missing, before anything is changed", async () => {
    await makeStream(source, "ONE");
    await fill(source, "ONE", 100);
    await save();
    const manifest = (await readText(store, "manifest.json")) ?? "";
    const file = `streams/${(await store.list("streams"))[0]}`;
    await writeText(store, "manifest.json", manifest.replace(/"messages": 100/, '"messages": 99'));
    await assert.rejects(bringBack(), /manifest.json of s3:\/\/backups\/nightly\/\d+ is not as it was written/);
    await writeText(store, "manifest.json", manifest);
    await writeText(store, file, "something else");
    await assert.rejects(bringBack(), /archive \S+ of stream ONE has 14 bytes/);
    await store.remove(file);
    await assert.rejects(bringBack(), /archive \S+ of stream ONE is missing/);
    assert.deepEqual(await namesIn(target), []);
  });

  it("keeps what it replaces", async () => {
    await makeStream(source, "ONE");
    await fill(source, "ONE", 100);
    await save();
    await makeStream(target, "ONE");
    await fill(target, "ONE", 7);
    const former = await stored(target, "ONE");
    await assert.rejects(bringBack(), /other data in ONE/);
    const report = await bringBack({ replace: true });
    assert.deepEqual(outcomes(report), { ONE: "replaced" });
    await clear(target);
    await restore(target, await openStore(report.replaced ?? "", s3.endpoint), { account: "target" });
    assert.equal((await stored(target, "ONE")).content.sha256, former.content.sha256);
  });

  it("says what is wrong with the place", async () => {
    store = await openStore("s3://nothing-there/x", s3.endpoint);
    await assert.rejects(
      save(),
      /s3:\/\/nothing-there\/x.*NoSuchBucket.*Are bucket, --endpoint and credentials the right/,
    );
    store = await openStore(`s3://${S3Server.bucket}`, "http://127.0.0.1:9");
    await assert.rejects(save(), /cannot read backup.lock in s3:\/\/backups: .*ECONNREFUSED/);
    await assert.rejects(openStore("s3://UPPER/x"), /"s3:\/\/UPPER\/x" is no bucket: it is s3:\/\/<bucket>\/<prefix>/);
    await assert.rejects(openStore("gs://bucket/x"), /neither a folder nor s3:/);
    await assert.rejects(openStore("folder", "http://x"), /an endpoint is for s3:/);
    await assert.rejects(openStore("s3://bucket", "x"), /endpoint "x" is no URL/);
  });

  /** Keys of uploads that were begun and never ended. The server knows none of a bucket before its first. */
  async function uploads(): Promise<unknown[]> {
    const Bucket = S3Server.bucket;
    await client.send(new CreateMultipartUploadCommand({ Bucket, Key: "probe" }));
    const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket }));
    assert.ok(
      Uploads.some(({ Key }) => Key === "probe"),
      "open uploads are listed",
    );
    return Uploads.map(({ Key }) => Key).filter((key) => key !== "probe");
  }
});
