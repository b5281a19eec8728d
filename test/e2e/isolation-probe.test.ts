import assert from "node:assert/strict";
import { credsAuthenticator } from "@nats-io/nats-core";
import { connect } from "@nats-io/transport-node";
import type { Cell } from "../../commands/prove-isolation/cells";
import { type Answer, accountQuestions, type ReachPort, reachId } from "../../services/isolation-probe/contract";
import { createIsolationIdentity, type Holes } from "./isolation-identity";
import { prove, runProbe, wrong } from "./isolation-run";
import { type Faults, IsolationServers } from "./isolation-servers";

/** globex lets acme have something of its account. */
const hole = (subject: string, type: "stream" | "service"): Holes => ({
  globex: { exports: [{ name: "hole", subject, type }] },
  acme: { imports: [{ from: "globex", subject, type }] },
});

/** Every question about a pair. */
const allOf = (pair: string, observed: string) =>
  accountQuestions.map((question) => `${pair} ${question}: ${observed}`);

describe("the isolation probe, against servers that keep accounts apart", () => {
  let servers: IsolationServers;

  before(async () => {
    servers = await IsolationServers.start();
  });

  after(() => servers.stop());

  describe("and nothing wrong", () => {
    let cells: Cell[];

    before(async () => {
      cells = await prove(servers);
    });

    it("finds every cell as it should be", () => {
      assert.deepEqual(wrong(cells), []);
    });

    it("asks every question about every pair", () => {
      const asked = cells.filter(({ part }) => part === "accounts");
      assert.equal(asked.length, 6 * accountQuestions.length);
      assert.equal(cells.filter(({ part, expected }) => part === "logins" && expected === "accepted").length, 5);
      assert.equal(cells.filter(({ part, expected }) => part === "logins" && expected === "refused").length, 6);
    });

    it("does not claim what it could not ask: a worker's creds make no stream", () => {
      const skipped = cells.filter(({ observed }) => observed === "skipped");
      assert.deepEqual(
        skipped.map(({ row, target, question }) => `${row} ${target} ${question}`),
        ["acme initech stream", "acme initech KV bucket", "globex initech stream", "globex initech KV bucket"],
      );
      for (const { detail } of skipped) assert.match(detail, /^initech has no .* to try: only its admin may make one/);
    });

    it("has a control beside each `isolated`", () => {
      for (const { question, detail, row } of cells.filter(({ observed }) => observed === "isolated")) {
        const denied = `the server refuses ${row}`;
        const control = /hears its own account|is answered every request|is told of its login|reads it;/;
        assert.ok(detail.startsWith(denied) || control.test(detail), `${question}: ${detail}`);
      }
    });

    it("leaves no stream behind, and prints no seed and no JWT", async () => {
      for (const name of ["acme", "globex"] as const) {
        const authenticator = credsAuthenticator(Buffer.from(servers.identity.creds[name]));
        const connection = await connect({ servers: `${servers.address(1)}:4222`, authenticator });
        const answer = await connection.request("$JS.API.STREAM.NAMES");
        await connection.close();
        assert.deepEqual(answer.json<{ streams: string[] | null }>().streams, null);
      }
      assert.doesNotMatch(JSON.stringify(cells), /eyJ[\w-]{10}|\bS[UAO][A-Z2-7]{40}/);
    });
  });

  it("finds a tenant that has creds of the system account", async () => {
    const cells = await prove(servers, { acme: servers.identity.creds.SYS });
    assert.deepEqual(wrong(cells), [
      ...["acme → globex $SYS.>", "acme → globex $SYS.REQ.*", "acme → globex >"].map((cell) => `${cell}: crossed`),
      ...["acme → initech $SYS.>", "acme → initech $SYS.REQ.*", "acme → initech >"].map((cell) => `${cell}: crossed`),
      "creds of acme → nats-globex-1 login: accepted",
    ]);
  });

  it("finds a tenant that has creds of another tenant", async () => {
    const found = wrong(await prove(servers, { acme: servers.identity.creds.globex }));
    for (const pair of ["acme → globex", "globex → acme"]) {
      for (const question of ["same subject", ">", "_INBOX.>", "$SYS.>", "$SYS.REQ.*"]) {
        assert.ok(found.includes(`${pair} ${question}: crossed`), `${pair} ${question} in ${found.join("\n")}`);
      }
    }
    assert.ok(found.includes("creds of acme → nats-acme-1 login: refused"));
    assert.ok(found.includes("creds of acme → nats-globex-1 login: accepted"));
    assert.deepEqual(
      found.filter((cell) => cell.includes("initech")),
      [],
    );
  });

  it("proves nothing with creds that nobody takes, and says so", async () => {
    const { creds } = await createIsolationIdentity();
    const cells = await prove(servers, { acme: creds.acme });
    const pairs = ["acme → globex", "acme → initech", "globex → acme", "initech → acme"];
    assert.deepEqual(
      wrong(cells),
      [
        ...pairs.flatMap((pair) => allOf(pair, "unknown")),
        "creds of acme → nats login: refused",
        "creds of acme → nats-acme-1 login: refused",
      ].sort(),
    );
  });

  it("proves nothing about the system account without a witness", async () => {
    const cells = await prove(servers, { system: "" });
    assert.deepEqual([...new Set(wrong(cells).map((cell) => cell.replace(/^\S+ → \S+ /, "")))].sort(), [
      "$SYS.>: unknown",
      "$SYS.REQ.*: unknown",
    ]);
    assert.equal(wrong(cells).length, 12);
  });

  describe("as to ports", () => {
    const ask = async (host: string, ports: ReachPort[], apiServer = `${servers.address(1)}:4222`) => {
      const settings = { runId: "t1", reach: [{ hosts: { x: host }, ports }] };
      const { answers } = await runProbe(settings, { credsDir: servers.credsDir(), apiServer });
      return (port: number): Answer | undefined => answers.get(reachId("x", port));
    };
    const greets = { greets: true, awaited: false };
    const quiet = { greets: false, awaited: false };

    it("tells open ones by who greets there, and closed ones", async () => {
      const answer = await ask(servers.address(1), [
        { port: 4222, greets: true, awaited: true },
        { port: 6222, ...greets },
        { port: 8222, ...quiet },
        { port: 7777, ...quiet },
      ]);
      assert.equal(answer(4222)?.observed, "open");
      assert.equal(answer(4222)?.detail, "greeted by nats-1");
      assert.match(answer(4222)?.version ?? "", /^2\./);
      assert.equal(answer(6222)?.observed, "open");
      assert.equal(answer(8222)?.observed, "open");
      assert.deepEqual({ ...answer(7777), id: "" }, { id: "", observed: "closed", detail: "refused" });
    });

    it("does not take for a server what only takes the connection", async () => {
      servers.freeze("globex");
      try {
        const answer = await ask(servers.address(5), [{ port: 4222, ...greets }]);
        assert.equal(answer(4222)?.observed, "silent");
      } finally {
        servers.thaw("globex");
      }
      const http = await ask(servers.address(1), [{ port: 8222, ...greets }]);
      assert.equal(http(8222)?.observed, "silent");
    });

    it("proves nothing from where nothing is reached", async () => {
      const answer = await ask(servers.nobody, [{ port: 4222, ...greets }], `${servers.nobody}:443`);
      assert.equal(answer(4222)?.observed, "unknown");
      assert.match(answer(4222)?.detail ?? "", /^refused, but this pod reaches neither the API server nor DNS either$/);
    });

    it("proves nothing of a name that is not found", async () => {
      const answer = await ask("nats-acme-1.vrsky-tenants.svc.invalid", [{ port: 4222, ...greets }]);
      assert.equal(answer(4222)?.observed, "unknown");
    });
  });
});

describe("the isolation probe, against servers that do not keep accounts apart", () => {
  let servers: IsolationServers;

  afterEach(() => servers.stop());

  async function found(faults: Faults): Promise<string[]> {
    servers = await IsolationServers.start(faults);
    return wrong(await prove(servers));
  }

  it("finds messages that another account imports, in whichever way it listens, and stores", async () => {
    assert.deepEqual(await found({ holes: hole("prove.>", "stream") }), [
      "acme → globex >: crossed",
      "acme → globex same subject: crossed",
      // What globex sends to the subject of acme's stream is imported as well, and kept there.
      "globex → acme stream: crossed",
    ]);
  });

  it("finds answers that another account overhears", async () => {
    const cells = await found({ holes: hole("_INBOX.>", "stream") });
    assert.deepEqual(cells, ["acme → globex >: crossed", "acme → globex _INBOX.>: crossed"]);
  });

  it("finds messages that another account may send, to be heard and to be stored", async () => {
    assert.deepEqual(await found({ holes: hole("prove.>", "service") }), [
      "acme → globex stream: crossed",
      "globex → acme >: crossed",
      "globex → acme same subject: crossed",
    ]);
  });

  it("finds a bucket that another account may change", async () => {
    assert.deepEqual(await found({ holes: hole("$KV.>", "service") }), ["acme → globex KV bucket: crossed"]);
  });

  it("finds an instance that lets everybody in", async () => {
    assert.deepEqual(await found({ openInstance: true }), [
      "creds of globex → nats-acme-1 login: accepted",
      "creds of initech → nats-acme-1 login: accepted",
      "no creds → nats-acme-1 login: accepted",
    ]);
  });
});
