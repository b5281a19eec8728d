import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ConnectionOptions, NatsConnection } from "@nats-io/nats-core";
import * as transportNode from "@nats-io/transport-node";
import * as nats from "nats";
import { NatsGaveUp, type NatsOptions, natsOptions, type WaitOptions } from "../../clients/typescript/nats-options";
import { until } from "../../local/world/until";
import { serviceAccountToken } from "../unit/clients/typescript/token";
import { ClientServer } from "./client-server";

/** What the tests use of a connection; both libraries' fit. */
interface Connection {
  request(subject: string, payload: string): Promise<{ string(): string }>;
  subscribe(subject: string, options: { callback: (error: Error | null, message: Answerable) => void }): unknown;
  flush(): Promise<void>;
  close(): Promise<void>;
  // biome-ignore lint/suspicious/noConfusingVoidType: what both libraries declare
  closed(): Promise<void | Error>;
  isClosed(): boolean;
  status(): AsyncIterable<{ type: string; error?: Error; data?: unknown }>;
}

interface Answerable {
  respond(payload: string): unknown;
  string(): string;
}

interface Library {
  readonly name: string;
  /** With what the helper returns, so that the compiler checks that the library accepts it. */
  readonly connect: (options: NatsOptions) => Promise<Connection>;
  /** What the status says of a refused login, and of one that expired. */
  readonly refused: string;
  readonly expired: string;
}

const libraries: readonly Library[] = [
  {
    name: "@nats-io/transport-node 3",
    // Its own declarations refer to a part of nats-core that this project's module resolution does not find.
    connect: (options): Promise<NatsConnection> => transportNode.connect(options satisfies ConnectionOptions),
    refused: "AuthorizationError",
    expired: "UserAuthenticationExpiredError",
  },
  {
    name: "nats 2.29",
    connect: (options) => nats.connect(options),
    refused: "AUTHORIZATION_VIOLATION",
    expired: "AUTHENTICATION_EXPIRED",
  },
];

const first = serviceAccountToken("shop", "orders.eu", "1");
const second = serviceAccountToken("shop", "orders.eu", "2");
const admission = { namespace: "shop", inboxPrefix: "_INBOX_APP.shop.orders_eu" };

for (const library of libraries) {
  describe(`natsOptions with ${library.name} on a real nats-server`, function () {
    this.timeout(60_000);
    let server: ClientServer;
    let dir: string;
    let file: string;
    const warnings: string[] = [];
    const open: Promise<Connection>[] = [];

    const options = (wait: WaitOptions = {}) =>
      natsOptions(
        { NATS_URL: server.url, NATS_TOKEN_FILE: file },
        { warn: (message) => warnings.push(message), ...wait },
      );
    const connect = (wait?: WaitOptions) => opened(library.connect(options(wait)));
    /** Has the connection closed when the test is over. */
    function opened(connecting: Promise<Connection>): Promise<Connection> {
      open.push(connecting);
      return connecting;
    }
    /** Replaces the token as kubelet does. */
    const rotate = (token: string) => writeFileSync(file, token);

    before(async () => {
      server = await ClientServer.start();
    });
    beforeEach(() => {
      dir = mkdtempSync(join(tmpdir(), "nats-platform-client-"));
      file = join(dir, "token");
      rotate(first);
      server.admit = () => admission;
      server.presented.length = 0;
      warnings.length = 0;
    });
    afterEach(async () => {
      // Clients that still wait are let in: nothing else ends them.
      server.admit = () => admission;
      await server.ensureUp();
      for (const connected of await Promise.allSettled(open.splice(0))) {
        if (connected.status === "fulfilled") await connected.value.close();
      }
      rmSync(dir, { recursive: true });
    });
    after(() => server.stop());

    it("logs in with the token, and requests and replies with the private inbox alone", async () => {
      const app = await connect();
      await serve(app);
      assert.equal(await ask(app), "re: hello");
      assert.deepEqual(server.presented, [first]);
      assert.deepEqual(warnings, []);
    });

    it("could not request with the default inbox, nor listen to others' there", async () => {
      const app = await opened(library.connect({ ...options(), inboxPrefix: "_INBOX" }));
      await serve(app);
      const refusals = recordErrors(app);
      await assert.rejects(ask(app));
      app.subscribe("_INBOX.>", { callback: () => {} });
      await app.flush();
      await until("the server refuses both", () => refusals.length >= 2);
    });

    it("presents the token that is in the file when it reconnects", async () => {
      const app = await connect();
      await serve(app);
      await server.stopServer();
      rotate(second);
      await server.startServer();
      await server.startCallout();
      await answers(app);
      assert.equal(server.presented.at(-1), second);
      assert.equal(server.presented[0], first);
    });

    it("comes back with the file's token when its login expires", async () => {
      server.admit = (token) => ({ ...admission, ...(token === first ? { ttlSeconds: 2 } : {}) });
      const app = await connect();
      await serve(app);
      const errors = recordErrors(app);
      rotate(second);
      await until("the login has expired", () => errors.includes(library.expired));
      await answers(app);
      // Two seconds may pass before the file is rotated: then it comes back with the first one, once more.
      assert.deepEqual([...new Set(server.presented)], [first, second]);
    });

    it("comes back whenever its login expires", async () => {
      server.admit = () => ({ ...admission, ttlSeconds: 1 });
      const app = await connect();
      await until("it has logged in three times", () => server.presented.length >= 3);
      assert.equal(app.isClosed(), false);
    });

    it("waits for the server at its first connect", async () => {
      await server.stopServer();
      const connecting = opened(library.connect(options()));
      await until("an attempt failed", () => warnings.length > 0);
      assert.match(warnings[0] ?? "", /^NATS_URL nats:\/\/127\.0\.0\.1:\d+: it cannot be reached; trying again in /);
      await server.startServer();
      await server.startCallout();
      const app = await connecting;
      await serve(app);
      assert.equal(await ask(app), "re: hello");
    });

    it("waits for a callout at its first connect", async () => {
      await server.stopCallout();
      const connecting = opened(library.connect(options()));
      await until("an attempt failed", () => warnings.length > 0);
      assert.match(warnings[0] ?? "", /: it refuses ServiceAccount shop\/orders\.eu, has no callout at present, or /);
      await server.startCallout();
      const app = await connecting;
      await serve(app);
      assert.equal(await ask(app), "re: hello");
    });

    it("waits for a callout when it reconnects, and takes up its subscriptions again", async () => {
      const app = await connect();
      await serve(app);
      await server.stopServer();
      await server.startServer();
      await until("two logins failed", () => warnings.filter((warning) => warning.includes("no callout")).length >= 2);
      assert.equal(app.isClosed(), false);
      await server.startCallout();
      await answers(app);
    });

    it("keeps a live connection while no callout is there", async () => {
      const app = await connect();
      await serve(app);
      await server.stopCallout();
      assert.equal(await ask(app), "re: hello");
      await server.startCallout();
    });

    it("shows in the status that it is refused at reconnect, and comes back once it is admitted", async () => {
      const app = await connect();
      await serve(app);
      const errors = recordErrors(app);
      server.admit = () => undefined;
      await server.stopServer();
      await server.startServer();
      await server.startCallout();
      await until("it is refused twice", () => errors.filter((error) => error === library.refused).length >= 2);
      assert.equal(app.isClosed(), false);
      server.admit = () => admission;
      await answers(app);
    });

    it("ends a first connect that is refused for as long as the app said", async () => {
      server.admit = () => undefined;
      await assert.rejects(connect({ giveUpAfterMs: 1 }), (error: Error) => {
        assert.ok(error instanceof NatsGaveUp, String(error));
        assert.match(error.message, /: no connection for \d+\.\d s: it refuses ServiceAccount shop\/orders\.eu/);
        return true;
      });
      assert.deepEqual(server.presented, [first]);
    });

    it("ends a connection that is refused for as long as the app said", async () => {
      const app = await connect({ giveUpAfterMs: 3000 });
      server.admit = () => undefined;
      await server.stopServer();
      await server.startServer();
      await server.startCallout();
      assert.ok((await app.closed()) instanceof NatsGaveUp);
    });

    it("keeps its last token when the file is gone as it reconnects", async () => {
      const app = await connect();
      await serve(app);
      await server.stopServer();
      rmSync(file);
      await server.startServer();
      await server.startCallout();
      await answers(app);
      assert.ok(server.presented.every((token) => token === first));
    });
  });
}

/** Answers requests on `shop.echo`. */
async function serve(app: Connection): Promise<void> {
  app.subscribe("shop.echo", { callback: (error, message) => error ?? message.respond(`re: ${message.string()}`) });
  await app.flush();
}

async function ask(app: Connection): Promise<string> {
  return (await app.request("shop.echo", "hello")).string();
}

/** Waits until an app that serves answers again, itself being the one that asks. */
async function answers(app: Connection): Promise<void> {
  await until("it answers again", async () => {
    try {
      return (await ask(app)) === "re: hello";
    } catch {
      return false;
    }
  });
}

/** Names of the errors a connection's status tells, from now on. */
function recordErrors(app: Connection): string[] {
  const names: string[] = [];
  void (async () => {
    for await (const { type, error, data } of app.status()) {
      if (type === "error") names.push(error?.name ?? String(data));
    }
  })();
  return names;
}
