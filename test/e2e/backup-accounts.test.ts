import assert from "node:assert/strict";
import type { NatsConnection } from "@nats-io/nats-core";
import type { Login } from "../../commands/ctl/access/logins";
import { backup } from "../../commands/ctl/backup/backup";
import { FolderStore } from "../../commands/ctl/backup/folder-store";
import { readManifest } from "../../commands/ctl/backup/manifest";
import { planRestore } from "../../commands/ctl/backup/plan";
import type { Progress } from "../../commands/ctl/backup/report";
import { carryOutPlan } from "../../commands/ctl/backup/restore";
import { planBackup } from "../../commands/ctl/backup/show-backup";
import { sources } from "../../commands/ctl/backup/show-restore";
import { type Work, workOnAccounts } from "../../commands/ctl/backup/work-accounts";
import { clear, fill, makeStream, namesIn } from "./backup-data";
import { outcomes } from "./backup-reports";
import { type AccountName, BackupServers } from "./backup-servers";

describe("restore of several accounts", () => {
  let servers: BackupServers;
  let source: NatsConnection;
  const connections = new Map<string, NatsConnection>();
  let store: FolderStore;
  const accounts: readonly AccountName[] = ["target", "other"];

  before(async () => {
    servers = await BackupServers.start(1);
    source = await servers.connect("source");
    for (const account of accounts) connections.set(account, await servers.connect(account));
    store = new FolderStore(servers.folder("backup"));
    await makeStream(source, "ORDERS");
    await fill(source, "ORDERS", 50);
    await backup(source, store, { account: "source" });
  });

  afterEach(() => clear(...connections.values()));

  after(() => servers.stop());

  const connectionOf = (account: string) => connections.get(account) as NatsConnection;

  const restoring: Work = async (connection, options) => {
    const plan = await planRestore(connection, store, options);
    return () => carryOutPlan(connection, store, plan, options);
  };

  const works = new Map(
    accounts.map((account) => {
      const login: Login = { account, user: account, mayWrite: true, mayAdminister: true, proof: { password: "" } };
      return [login, restoring] as const;
    }),
  );

  const work = (signal = new AbortController().signal, onProgress: (progress: Progress) => void = () => {}) =>
    workOnAccounts({ works }, async ({ account }) => connectionOf(account), { signal, onProgress });

  describe("backup of several accounts", () => {
    const logins = [...works.keys()];
    const save = (place: FolderStore, streams: readonly string[]) =>
      workOnAccounts(planBackup(place, logins, streams), async ({ account }) => connectionOf(account), {
        signal: new AbortController().signal,
        onProgress: () => {},
      });

    it("saves a stream that is asked for where it is", async () => {
      const place = new FolderStore(servers.folder("one-of-two"));
      await makeStream(connectionOf("target"), "HERE");
      await makeStream(connectionOf("other"), "THERE");
      const { ok, accounts: reports } = await save(place, ["THERE"]);
      assert.deepEqual([ok, reports.map(({ account }) => account)], [true, ["other"]]);
      assert.deepEqual(
        (await readManifest(place.within("other")))?.streams.map(({ name }) => name),
        ["THERE"],
      );
      assert.equal(await readManifest(place.within("target")), undefined);
    });

    it("is refused for a stream that none has, before anything is written", async () => {
      const place = new FolderStore(servers.folder("none"));
      await makeStream(connectionOf("target"), "HERE");
      await assert.rejects(save(place, ["HERE", "NOWHERE"]), /there is no stream NOWHERE in target, other/);
      assert.equal(await readManifest(place.within("target")), undefined);
    });
  });

  it("goes into the account of its name, where a place has the backup of one", async () => {
    const place = new FolderStore(servers.folder("named"));
    await makeStream(connectionOf("other"), "THERE");
    await backup(connectionOf("other"), place, { account: "other" });
    const logins = [...works.keys()];
    assert.deepEqual(
      [...(await sources(place, logins)).keys()].map(({ account }) => account),
      ["other"],
    );
    await assert.rejects(
      sources(store, logins),
      /is the backup of account source: say with --account which of target, other/,
    );
  });

  it("changes none where one of them refuses", async () => {
    await makeStream(connectionOf("other"), "ORDERS");
    await fill(connectionOf("other"), "ORDERS", 60);
    await assert.rejects(work(), /account other has other data in ORDERS.*Nothing was changed/);
    assert.deepEqual(await namesIn(connectionOf("target")), []);
  });

  it("tells what came of those before the one that it was interrupted at", async () => {
    const abort = new AbortController();
    let restored = 0;
    const report = await work(abort.signal, ({ doing }) => {
      if (doing === "restoring" && ++restored === 2) abort.abort(new Error("interrupted"));
    });
    assert.deepEqual([report.ok, String(report.failure)], [false, "BrokenOffError: interrupted"]);
    assert.deepEqual(
      report.accounts.map(({ account, ok, ...rest }) => [account, ok, outcomes({ account, ok, ...rest })]),
      [
        ["target", true, { ORDERS: "restored" }],
        ["other", false, {}],
      ],
    );
    const again = await work();
    assert.deepEqual(
      [again.ok, again.accounts.map(outcomes)],
      [true, [{ ORDERS: "already there" }, { ORDERS: "restored" }]],
    );
  });
});
