import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AckPolicy, jetstream, jetstreamManager, StorageType } from "@nats-io/jetstream";
import { Kvm } from "@nats-io/kv";
import { credsAuthenticator } from "@nats-io/nats-core";
import { connect } from "@nats-io/transport-node";
import type { WorkReport } from "../../commands/ctl/backup/report";
import { serverPods } from "../../commands/kubernetes";
import { type CommandResult, command, startCommand } from "./support/command";
import { core, eventually, namespace, target } from "./support/platform";
import { downTenants } from "./support/tenants";
import { asControlPlane } from "./verify-nats";

const tenant = ["--stack", "dev-tenant-acme"];

/** Runs the tool and requires its exit code. */
async function ctl(code: number, ...args: readonly string[]): Promise<CommandResult> {
  const result = await command("ctl", {}, ...args);
  assert.equal(result.code, code, `ctl ${args.join(" ")}: ${result.stdout}\n${result.stderr}`);
  return result;
}

/** As {@link ctl}, with the document that it prints for programs. */
// biome-ignore lint/suspicious/noExplicitAny: whatever a program finds in a document
async function json(code: number, ...args: readonly string[]): Promise<any> {
  return JSON.parse((await ctl(code, ...args, "--json")).stdout);
}

async function freePort(): Promise<number> {
  const listener = createServer().listen(0, "127.0.0.1");
  await once(listener, "listening");
  const { port } = listener.address() as AddressInfo;
  listener.close();
  await once(listener, "close");
  return port;
}

/** A line for each stream that a backup or a restore was about. */
const outcomes = ({ accounts }: { readonly accounts: readonly WorkReport[] }) =>
  accounts.flatMap(({ account, streams }) =>
    streams.map(({ stream, outcome, messages }) => `${account} ${stream} ${outcome} ${messages}`),
  );

const names = (things: readonly { name: string }[]) => things.map(({ name }) => name);

describe("ctl, every command against an environment and a tenant", () => {
  before("deploy brings both up, and prints one document each", async () => {
    assert.equal((await json(0, "deploy")).ok, true);
    assert.deepEqual(await json(0, "deploy", ...tenant).then(({ ok, tenant }) => ({ ok, tenant })), {
      ok: true,
      tenant: "acme",
    });
  });

  after("the tenant is gone", () => downTenants("acme"));

  it("status: servers and their nodes, where clients connect", async () => {
    const { stdout } = await ctl(0, "status");
    assert.match(stdout, /^stack dev \(environment\) on the local cluster/);
    for (const server of ["nats-0", "nats-1", "nats-2"]) assert.match(stdout, new RegExp(`^✓ ${server} .*node-`, "m"));
    assert.match(stdout, /clients connect to nats:\/\/nats\.nats\.svc\.cluster\.local:4222$/m);
    const { ok, kind, servers } = await json(0, "status", ...tenant);
    assert.deepEqual({ ok, kind, servers: servers.length }, { ok: true, kind: "tenant", servers: 2 });
  });

  it("health: a line per check, all of them green", async () => {
    const { stdout } = await ctl(0, "health");
    for (const check of ["pods-ready", "healthz", "login", "round-trip", "jetstream-leader", "streams"]) {
      assert.match(stdout, new RegExp(`^✓ ${check} `, "m"));
    }
    const { ok, checks } = await json(0, "health", ...tenant);
    assert.equal(ok, true);
    assert.deepEqual(names(checks), ["pods-ready", "healthz", "login", "round-trip", "streams"]);
  });

  it("verify: of a tenant what tenant-status says", async () => {
    assert.match((await ctl(0, "verify", ...tenant)).stdout, /tenant acme is as it should be\n$/);
  });

  it("streams: a table, and one of them in detail", async () => {
    const { stdout } = await ctl(0, "streams");
    assert.match(stdout, /^✓ KV_retry_queue +PLATFORM .* nats-\d$/m);
    assert.match((await ctl(0, "streams", "KV_retry_queue")).stdout, /^max age +1 h$/m);
    assert.deepEqual(await json(0, "streams", ...tenant), { ok: true, streams: [] });
    assert.match((await ctl(2, "streams", "NOPE")).stderr, /no stream "NOPE"; there are: KV_/);
    assert.match((await ctl(2, "streams", "--account", "tenant-acme")).stderr, /--stack <environment>-tenant-acme/);
  });

  it("consumers: says which is stuck", async () => {
    await asControlPlane(async (connection) => {
      const manager = await jetstreamManager(connection);
      await manager.streams.add({ name: "CTL", subjects: ["ctl"], storage: StorageType.File, max_bytes: 1024 * 1024 });
      await manager.consumers.add("CTL", { durable_name: "slow", ack_policy: AckPolicy.Explicit, max_ack_pending: 1 });
      for (const text of ["one", "two"]) await jetstream(connection).publish("ctl", text);
      await (await jetstream(connection).consumers.get("CTL", "slow")).next();
    });
    try {
      const { stdout } = await ctl(1, "consumers", "CTL");
      assert.match(stdout, /^✗ slow +CTL +PLATFORM +pull +1 +1 of 1 .*not acknowledged/m);
      assert.deepEqual((await json(0, "consumers", ...tenant)).consumers, []);
    } finally {
      await asControlPlane(async (connection) => (await jetstreamManager(connection)).streams.delete("CTL"));
    }
  });

  it("kv: buckets with their lifetime, keys, and a value", async () => {
    await asControlPlane(async (connection) => (await new Kvm(connection).open("retry_queue")).put("ctl", "value"));
    assert.match((await ctl(0, "kv")).stdout, /^✓ retry_queue +PLATFORM +3600 s/m);
    assert.match((await ctl(0, "kv", "retry_queue")).stdout, /^ +ctl +\d+ +\d+ s ago$/m);
    const { value, encoding, deleted } = await json(0, "kv", "retry_queue", "ctl");
    assert.deepEqual({ value, encoding, deleted }, { value: "value", encoding: "utf8", deleted: false });
    assert.match((await ctl(2, "kv", "retry_queue", "nope")).stderr, /no key "nope"/);
  });

  it("accounts: all of an environment, its own of a tenant", async () => {
    const all = names((await json(0, "accounts")).accounts);
    for (const account of ["AUTH", "PLATFORM", "SYS", "tenant-acme"]) assert.ok(all.includes(account), all.join());
    const { accounts } = await json(0, "accounts", ...tenant);
    assert.deepEqual(names(accounts), ["tenant-acme"]);
    assert.ok(accounts[0].connections >= 1);
    assert.equal(accounts[0].jetstream.maxStorage, 1024 ** 3);
  });

  it("logs: of every server, as many lines as are asked for", async () => {
    const { lines } = await json(0, "logs", "--tail", "1");
    assert.deepEqual([...new Set(lines.map(({ server }: { server: string }) => server))].sort(), [
      "nats-0",
      "nats-1",
      "nats-2",
    ]);
    assert.match((await ctl(0, "logs", "--tail", "1", ...tenant)).stdout, /^nats-acme-\d-\S+ /);
    assert.match((await ctl(2, "logs", "nats-9")).stderr, /no server "nats-9"; there are: nats-0/);
  });

  it("get-credentials and port-forward: what they give lets a client in, until Ctrl-C", async () => {
    const { file, context } = await json(0, "get-credentials", "--user", "admin", ...tenant);
    assert.equal(statSync(file).mode & 0o777, 0o600);
    assert.ok(context.includes(file));
    assert.match((await ctl(0, "get-credentials")).stdout, /--inbox-prefix _INBOX_observer/);
    assert.match((await ctl(2, "get-credentials", "--user", "root")).stderr, /--user is one of observer,/);
    const port = await freePort();
    const { ended, interrupt } = startCommand("ctl", {}, "port-forward", "--port", String(port), ...tenant);
    const authenticator = credsAuthenticator(readFileSync(file));
    await eventually("the client is let in", async () => {
      const options = { servers: `127.0.0.1:${port}`, authenticator, ignoreClusterUpdates: true, reconnect: false };
      await (await connect(options)).close();
      return true;
    });
    interrupt();
    const { code, stdout } = await ended;
    assert.match(stdout, new RegExp(`^forwarding nats://127.0.0.1:${port} to namespace nats`));
    assert.equal(code, 0);
  });

  it("backup and restore: a stream of 100,000 messages, deleted and back, the same by count and checksum", async () => {
    const folder = mkdtempSync(join(tmpdir(), "ctl-backup-"));
    const stream = { name: "ORDERS", subjects: ["orders"], storage: StorageType.File, max_bytes: 64 * 1024 * 1024 };
    const only = ["--streams", "ORDERS"];
    try {
      await asControlPlane(async (connection) => {
        await (await jetstreamManager(connection)).streams.add(stream);
        for (let sent = 1; sent <= 100_000; sent++) connection.publish("orders", `order ${sent}`);
        await connection.flush();
      });
      const saved = await json(0, "backup", "--to", folder, ...only);
      assert.deepEqual(outcomes(saved), ["PLATFORM ORDERS saved 100000"]);
      await asControlPlane(async (connection) => (await jetstreamManager(connection)).streams.delete("ORDERS"));
      assert.deepEqual(outcomes(await json(0, "restore", "--from", folder)), ["PLATFORM ORDERS restored 100000"]);
      assert.deepEqual(outcomes(await json(0, "restore", "--from", folder)), ["PLATFORM ORDERS already there 100000"]);
    } finally {
      rmSync(folder, { recursive: true });
      await asControlPlane(async (connection) => (await jetstreamManager(connection)).streams.delete("ORDERS"));
    }
  });

  it("is called wrongly: exit code 2, and a line that says how it is called", async () => {
    assert.match((await ctl(2, "streams", "--nope")).stderr, /Unknown argument: nope/);
    assert.match((await ctl(2, "health", "--stack", "dev-demo")).stderr, /is a demo/);
    assert.match((await ctl(2, "drain-node", "node-1", ...tenant)).stderr, /is a tenant: nodes are .* --stack dev/);
    assert.match((await ctl(2, "drain-node", "nope")).stderr, /no node "nope"; there are: .*node-1/);
    assert.match((await json(2, "health", "--context", "nowhere")).error, /nowhere/);
  });

  describe("drain-node", () => {
    let node = "";
    const cordoned = async () => (await core().readNode({ name: node })).spec?.unschedulable === true;
    const podsOf = async () => serverPods(target, namespace);

    before("the node of nats-2", async () => {
      const pods = await podsOf();
      node = pods.find(({ metadata }) => metadata?.name === "nats-2")?.spec?.nodeName ?? assert.fail();
    });

    after("the node takes pods again", async () => {
      await command("ctl", {}, "drain-node", node, "--uncordon");
    });

    it("says what it would do, and does nothing of it", async () => {
      const { stdout } = await ctl(0, "drain-node", node, "--dry-run");
      assert.match(stdout, /^would evict nats\/nats-2$/m);
      assert.match(stdout, /can be drained$/m);
      assert.equal(await cordoned(), false);
    });

    it("evicts the server, which waits for its node, and can be run again", async () => {
      const { stdout } = await ctl(0, "drain-node", node);
      assert.match(stdout, /^nats-2 waits for a node .*--uncordon$/m);
      assert.equal(await cordoned(), true);
      const { pods } = await json(0, "drain-node", node);
      assert.deepEqual(pods, []);
      assert.match((await ctl(1, "health")).stdout, /^✗ pods-ready .*2 of 3 ready: nats-2 has no node/m);
    });

    it("refuses another node meanwhile, and changes nothing", async () => {
      const other = (await podsOf()).find(({ metadata }) => metadata?.name === "nats-0")?.spec?.nodeName ?? "";
      const { stdout } = await ctl(1, "drain-node", other);
      assert.match(stdout, /^✗ nats-2 has no node/m);
      assert.match(stdout, /nothing was changed$/m);
      assert.notEqual((await core().readNode({ name: other })).spec?.unschedulable, true);
    });

    it("ends with --uncordon, once all servers and streams are well", async () => {
      const { stdout } = await ctl(0, "drain-node", node, "--uncordon");
      assert.match(stdout, /takes pods again; all servers and streams are well$/m);
      assert.equal(await cordoned(), false);
      assert.equal((await json(0, "health")).ok, true);
    });
  });
});
