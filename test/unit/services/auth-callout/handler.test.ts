import assert from "node:assert/strict";
import { decode, type User } from "@nats-io/jwt";
import { type DenialReason, Denied } from "../../../../services/auth-callout/denied";
import { admitted, HandlerHarness } from "./harness";
import { type Json, requestClaims, serverId, user } from "./requests";

const token = "canary-0123456789-abcdefghij";
const from = (host: string): Json => {
  const nats = requestClaims(token).nats as Record<string, Json>;
  return { nats: { ...nats, client_info: { ...nats.client_info, host } } };
};

describe("a login request", () => {
  const harnesses: HandlerHarness[] = [];
  const harness = (...args: ConstructorParameters<typeof HandlerHarness>) => {
    const made = new HandlerHarness(...args);
    harnesses.push(made);
    return made;
  };
  const refusing = (reason: DenialReason) => harness(() => Promise.reject(new Denied(reason, "shop/web: why not")));

  afterEach(() => {
    for (const { log, tokens } of harnesses) log.assertHoldsNothingOf([...tokens, token]);
  });

  it("of somebody good is answered with a user, to that server alone", async () => {
    const seen: (string | undefined)[] = [];
    const { ask, ...made } = bound(
      harness(async (given) => {
        seen.push(given);
        return admitted;
      }),
    );
    const answer = (await ask(token)) ?? assert.fail();
    assert.deepEqual([answer.aud, answer.sub, answer.nats.error], [serverId, user.publicKey, undefined]);
    const { name, exp, nats } = decode<User>(answer.nats.jwt ?? "");
    assert.deepEqual([name, exp, nats.issuer_account], [admitted.name, admitted.expiresAt, admitted.accountId]);
    assert.deepEqual(seen, [token]);
    assert.deepEqual([made.counted, made.timed()], [["accepted"], 1]);
    assert.deepEqual(made.log.lines, [
      {
        level: "info",
        message: "let in",
        user: "shop/web/web-1",
        tenant: "acme",
        server: "nats-0",
        until: "2033-05-18T03:33:20.000Z",
      },
    ]);
  });

  const reasons: DenialReason[] = [
    "no-token",
    "malformed",
    "signature",
    "issuer",
    "audience",
    "expired",
    "not-yet-valid",
    "unbound",
    "pod-gone",
    "service-account-gone",
    "no-tenant",
    "tenant-unknown",
    "tenant-suspended",
  ];
  for (const reason of reasons) {
    it(`that is denied (${reason}) is refused with the reason, to the server, the metric and the log`, async () => {
      const { ask, counted, log, timed } = bound(refusing(reason));
      const { error, jwt } = (await ask(token))?.nats ?? assert.fail();
      assert.deepEqual({ error, jwt }, { error: reason, jwt: undefined });
      assert.deepEqual([counted, timed()], [[`refused ${reason}`], 1]);
      assert.deepEqual(log.lines, [
        {
          level: "warn",
          message: "refused",
          reason,
          detail: "shop/web: why not",
          client: "10.1.2.3",
          server: "nats-0",
        },
      ]);
    });
  }

  it("without a token is decided, too, and refused", async () => {
    const { ask } = bound(
      harness(async (given) => {
        assert.equal(given, undefined);
        throw new Denied("no-token", "the client gave no token");
      }),
    );
    assert.equal((await ask(undefined))?.nats.error, "no-token");
  });

  for (const [what, fault] of [
    ["an error", new Error("first\nsecond")],
    ["an error without words", new TypeError()],
    ["text", "thrown"],
    ["nothing", undefined],
  ] as const) {
    it(`is refused when ${what} comes of a fault of ours, which is an error of the log`, async () => {
      const { ask, counted, log } = bound(harness(() => Promise.reject(fault)));
      const { error, jwt } = (await ask(token))?.nats ?? assert.fail();
      assert.deepEqual({ error, jwt }, { error: "internal", jwt: undefined });
      assert.deepEqual(counted, ["refused internal"]);
      assert.deepEqual([log.lines.length, log.lines[0]?.level, log.lines[0]?.reason], [1, "error", "internal"]);
    });
  }

  it("is refused when the user to be let in is unsound, or its time is over", async () => {
    for (const unsound of [{ accountId: "none" }, { publish: ["a b"] }, { expiresAt: 1 }]) {
      const { ask, counted } = bound(harness(async () => ({ ...admitted, ...unsound })));
      const { error, jwt } = (await ask(token))?.nats ?? assert.fail();
      assert.deepEqual([error, jwt, counted], ["internal", undefined, ["refused internal"]]);
    }
  });

  it("is not answered when it cannot be read: not encrypted, not for us, or none", async () => {
    const { handler, server, publicKey, counted, log } = bound(harness(() => assert.fail("nothing is to be decided")));
    const jwt = Buffer.from("not.a.request");
    const other = bound(harness(async () => admitted));
    const requests: [Uint8Array, string | undefined][] = [
      [jwt, undefined],
      [server.seal(jwt, publicKey), undefined],
      [jwt, server.publicKey],
      [server.seal(jwt, other.publicKey), server.publicKey],
      [server.seal(jwt, publicKey), "garbage"],
      [server.seal(jwt, publicKey), server.publicKey],
    ];
    for (const [data, key] of requests) assert.equal(await handler.handle(data, key), undefined);
    assert.deepEqual(counted, Array(requests.length).fill("unreadable"));
    assert.ok(
      log.lines.every(({ level, message }) => level === "warn" && /cannot be read; it is not answered/.test(message)),
    );
    assert.equal(log.lines[0]?.reason, "the request is not encrypted to one of our keys");
  });

  it("of a client that failed ten times is refused unheard, which is said once, and others are heard", async () => {
    let decided = 0;
    const { ask, counted, log } = bound(
      harness(() => {
        decided += 1;
        return Promise.reject(new Denied("signature", "forged"));
      }),
    );
    for (let i = 0; i < 15; i++) await ask(`${token}-${i}`);
    assert.equal(decided, 10);
    assert.deepEqual(counted, [...Array(10).fill("refused signature"), ...Array(5).fill("refused rate-limited")]);
    assert.equal(log.lines.length, 11);
    assert.match(log.lines[10]?.message ?? "", /failed too often; for some seconds it is refused unheard/);
    assert.equal((await ask(token, from("10.9.9.9")))?.nats.error, "signature");
    assert.equal((await ask(token))?.nats.error, "rate-limited");
  });

  it("with a token known to be good is heard, whatever others of the same address did", async () => {
    const { ask } = bound(
      harness(
        (given) => (given === token ? Promise.resolve(admitted) : Promise.reject(new Denied("signature", "forged"))),
        (given) => given === token,
      ),
    );
    for (let i = 0; i < 12; i++) await ask(`forged-canary-${i}`);
    assert.ok((await ask(token))?.nats.jwt);
    assert.equal((await ask("another-canary"))?.nats.error, "rate-limited");
    assert.equal((await ask(undefined))?.nats.error, "rate-limited");
  });

  it("with a token that was good before, and is not any more, counts like any other", async () => {
    let decided = 0;
    const { ask, counted, forgotten } = bound(
      harness(
        () => {
          decided += 1;
          return Promise.reject(new Denied("pod-gone", "shop/web: gone"));
        },
        () => true,
      ),
    );
    for (let i = 0; i < 12; i++) await ask(token);
    assert.equal(decided, 10);
    assert.deepEqual(counted, [...Array(10).fill("refused pod-gone"), ...Array(2).fill("refused rate-limited")]);
    assert.deepEqual(forgotten, Array(10).fill(token));
  });

  for (const reason of ["unavailable", "internal"] as const) {
    it(`that fails by a fault of ours (${reason}) does not count against the client, and is an error of the log`, async () => {
      const { ask, counted, forgotten, log } = bound(refusing(reason));
      for (let i = 0; i < 12; i++) await ask(token);
      assert.deepEqual(counted, Array(12).fill(`refused ${reason}`));
      assert.deepEqual(forgotten, []);
      assert.ok(log.lines.every(({ level }) => level === "error"));
    });
  }
});

/** What a test asks of a harness, by name. */
function bound(harness: HandlerHarness) {
  const { handler, server, publicKey, counted, forgotten, log } = harness;
  const ask = (token: string | undefined, changes?: Json) => harness.ask(token, changes);
  return { ask, handler, server, publicKey, counted, forgotten, log, timed: () => harness.timed };
}
