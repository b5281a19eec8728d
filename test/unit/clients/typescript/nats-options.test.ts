import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { NatsWiringError, natsOptions } from "../../../../clients/typescript/nats-options";
import { serviceAccountToken, tokenOf } from "./token";

const url = "nats://nats.nats.svc.cluster.local:4222";
const remedy =
  "Wire the workload with the option nats: { enabled: true }; outside the cluster, set NATS_URL and NATS_TOKEN_FILE yourself.";

describe("natsOptions", () => {
  let dir: string;
  let file: string;
  const write = (text: string) => writeFileSync(file, text);
  const env = () => ({ NATS_URL: url, NATS_TOKEN_FILE: file });
  const refuses = (from: Record<string, string | undefined>, problem: string) =>
    assert.throws(() => natsOptions(from), new NatsWiringError(problem));

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), "nats-platform-client-"));
    file = join(dir, "token");
    write(serviceAccountToken("shop", "orders"));
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  it("gives everything both libraries need, and nothing else", () => {
    const { authenticator, reconnectDelayHandler, ...plain } = natsOptions(env());
    assert.deepEqual(plain, {
      servers: url,
      inboxPrefix: "_INBOX_APP.shop.orders",
      timeout: 5000,
      pingInterval: 10_000,
      maxPingOut: 2,
      waitOnFirstConnect: true,
      ignoreAuthErrorAbort: true,
      maxReconnectAttempts: -1,
    });
    assert.deepEqual(authenticator(), { auth_token: serviceAccountToken("shop", "orders") });
    assert.equal(reconnectDelayHandler(), Number.NEGATIVE_INFINITY);
  });

  it("replaces the dots of a ServiceAccount's name in the inbox, since they would part a subject", () => {
    write(serviceAccountToken("shop", "orders.v2.eu"));
    assert.equal(natsOptions(env()).inboxPrefix, "_INBOX_APP.shop.orders_v2_eu");
  });

  it("reads the token's file anew at every login, without the line end", () => {
    const { authenticator } = natsOptions(env());
    write(`${serviceAccountToken("shop", "orders", "2")}\n`);
    assert.deepEqual(authenticator(), { auth_token: serviceAccountToken("shop", "orders", "2") });
  });

  it("presents the token read last while the file is missing or empty, since an error would end the client", () => {
    const { authenticator } = natsOptions(env());
    write(serviceAccountToken("shop", "orders", "2"));
    authenticator();
    write("");
    assert.deepEqual(authenticator(), { auth_token: serviceAccountToken("shop", "orders", "2") });
    rmSync(file);
    assert.deepEqual(authenticator(), { auth_token: serviceAccountToken("shop", "orders", "2") });
    write(serviceAccountToken("shop", "orders", "3"));
    assert.deepEqual(authenticator(), { auth_token: serviceAccountToken("shop", "orders", "3") });
  });

  it("names the variable that is missing, and the remedy", () => {
    refuses({ NATS_TOKEN_FILE: file }, "NATS_URL is not set; it must be nats://<host>:<port>.");
    refuses({ NATS_URL: url }, "NATS_TOKEN_FILE is not set; it must be the path of a ServiceAccount token for NATS.");
    assert.equal(new NatsWiringError("It is so.").message, `It is so. ${remedy}`);
  });

  it("refuses a NATS_URL of another form", () => {
    for (const given of [
      "nats.nats:4222",
      "nats://nats",
      "http://nats:4222",
      "nats://nats:4222/x",
      "nats://a:1,nats://b:1",
    ]) {
      refuses({ ...env(), NATS_URL: given }, `NATS_URL is "${given}"; it must be nats://<host>:<port>.`);
    }
  });

  it("never shows a password of NATS_URL", () => {
    refuses(
      { ...env(), NATS_URL: "nats://user:hidden@nats:4222" },
      "NATS_URL is a URL with a user or password; it must be nats://<host>:<port>.",
    );
  });

  it("says that the token's file is missing or empty", () => {
    write(" \n");
    refuses(env(), `NATS_TOKEN_FILE is ${file}, which is empty; it must hold a ServiceAccount token.`);
    rmSync(file);
    refuses(env(), `NATS_TOKEN_FILE is ${file}, which cannot be read (ENOENT); it must hold a ServiceAccount token.`);
  });

  it("refuses what is no ServiceAccount's token, without showing it", () => {
    const claims = (kubernetes: unknown) => tokenOf({ "kubernetes.io": kubernetes });
    const others = [
      "password",
      "a.b.c",
      tokenOf({ sub: "orders" }),
      claims(null),
      claims({ namespace: "shop" }),
      claims({ serviceaccount: { name: "orders" } }),
      claims({ namespace: "shop", serviceaccount: { name: 7 } }),
      claims({ namespace: "shop.>", serviceaccount: { name: "orders" } }),
      claims({ namespace: "shop", serviceaccount: { name: "*" } }),
      `${tokenOf({}).split(".")[0]}.${Buffer.from("null").toString("base64url")}.x`,
    ];
    for (const other of others) {
      write(other);
      refuses(
        env(),
        `NATS_TOKEN_FILE is ${file}, which holds no ServiceAccount token: a JWT with claim kubernetes.io naming namespace and serviceaccount.`,
      );
    }
  });
});
