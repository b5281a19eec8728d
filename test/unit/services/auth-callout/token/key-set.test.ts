import assert from "node:assert/strict";
import { mock } from "node:test";
import type { JSONWebKeySet } from "jose";
import { TokenCache } from "../../../../../services/auth-callout/token/cache";
import { KeySet } from "../../../../../services/auth-callout/token/key-set";
import { SignedTokens } from "../../../../../services/auth-callout/token/signed";
import { RecordedLog } from "../logs";
import {
  assertDenied,
  audience,
  identityOf,
  issuer,
  published,
  signToken,
  type TokenKey,
  tokenClaims,
  tokenKey,
} from "../tokens";

/** What is published, and how often it was asked for. */
class Publisher {
  asked = 0;
  answer: () => Promise<JSONWebKeySet>;

  constructor(...keys: TokenKey[]) {
    this.answer = async () => published(...keys);
  }

  publish(...keys: TokenKey[]): void {
    this.answer = async () => published(...keys);
  }

  readonly fetch = () => {
    this.asked += 1;
    return this.answer();
  };
}

const unsigned = ["signature", "the token is not signed by a key of the cluster"] as const;

describe("the cluster's keys", () => {
  let old: TokenKey;
  let next: TokenKey;
  let clock = 0;
  let log: RecordedLog;
  const sets: KeySet[] = [];

  before(async () => {
    [old, next] = await Promise.all([tokenKey("ES256", "old"), tokenKey("ES256", "next")]);
  });
  beforeEach(() => {
    clock = 1_000_000;
    log = new RecordedLog();
  });
  afterEach(() => {
    for (const set of sets.splice(0)) set.stop();
  });

  /** A key set, a verifier that has it, and a cache in front. */
  function verifierOf(publisher: Publisher) {
    const keys = new KeySet(
      publisher.fetch,
      log,
      () => cache.clear(),
      () => clock,
    );
    const verifier = new SignedTokens(keys, { issuer, audience });
    const cache = new TokenCache(verifier);
    sets.push(keys);
    return { keys, verifier, cache };
  }

  it("are asked for at once, and their age is told", async () => {
    const publisher = new Publisher(old);
    const { keys, verifier } = verifierOf(publisher);
    assert.equal(keys.isLoaded, false);
    assert.equal(keys.ageSeconds, Number.POSITIVE_INFINITY);
    await verifier.verify(await signToken(old));
    assert.equal(keys.isLoaded, true);
    assert.equal(keys.ageSeconds, 0);
    clock += 90_000;
    assert.equal(keys.ageSeconds, 90);
    assert.equal(publisher.asked, 1);
    assert.deepEqual(log.lines, [{ level: "info", message: "keys of the cluster", ids: ["old"] }]);
  });

  it("are waited for by the first tokens, who have them asked for once", async () => {
    const publisher = new Publisher();
    let publish = (_: JSONWebKeySet) => {};
    publisher.answer = () => new Promise((resolve) => (publish = resolve));
    const { verifier } = verifierOf(publisher);
    const claims = tokenClaims();
    const token = await signToken(old, claims);
    const verified = Promise.all([verifier.verify(token), verifier.verify(token)]);
    await new Promise(setImmediate);
    publish(published(old));
    assert.deepEqual(await verified, [identityOf(claims), identityOf(claims)]);
    assert.equal(publisher.asked, 1);
  });

  it("refuse a token while they cannot be had at first, and take it when they can", async () => {
    const publisher = new Publisher();
    publisher.answer = () => Promise.reject(new Error("connection refused"));
    const { keys, verifier } = verifierOf(publisher);
    const token = await signToken(old);
    await assertDenied(verifier.verify(token), "unavailable", "the cluster's keys have not been had yet");
    assert.equal(keys.isLoaded, false);
    assert.deepEqual(log.lines[0], {
      level: "warn",
      message: "cannot get the keys of the cluster",
      reason: "connection refused",
    });
    publisher.publish(old);
    await verifier.verify(token);
    assert.equal(keys.isLoaded, true);
  });

  it("go on being good while they cannot be had later", async () => {
    const publisher = new Publisher(old);
    const { verifier } = verifierOf(publisher);
    const token = await signToken(old);
    await verifier.verify(token);
    publisher.answer = () => Promise.reject(new Error("down"));
    clock += 3_600_000;
    await assertDenied(verifier.verify(await signToken(next)), ...unsigned);
    await verifier.verify(token);
    assert.equal(publisher.asked, 2);
  });

  it("are not replaced by what is no set of keys", async () => {
    const publisher = new Publisher(old);
    const { verifier } = verifierOf(publisher);
    await verifier.verify(await signToken(old));
    publisher.answer = async () => ({ kind: "Status" }) as never;
    clock += 5_000;
    await assertDenied(verifier.verify(await signToken(next)), ...unsigned);
    await verifier.verify(await signToken(old));
    assert.equal(log.lines.at(-1)?.message, "cannot get the keys of the cluster");
  });

  it("are asked for again for a token of an unknown key, but not within five seconds", async () => {
    const publisher = new Publisher(old);
    const { verifier } = verifierOf(publisher);
    await verifier.verify(await signToken(old));
    const unknown = await signToken(next);
    clock += 4_999;
    for (let i = 0; i < 5; i++) await assertDenied(verifier.verify(unknown), ...unsigned);
    assert.equal(publisher.asked, 1);
    clock += 1;
    for (let i = 0; i < 5; i++) await assertDenied(verifier.verify(unknown), ...unsigned);
    assert.equal(publisher.asked, 2);
    clock += 5_000;
    publisher.publish(old, next);
    await verifier.verify(unknown);
    assert.equal(publisher.asked, 3);
  });

  it("let in every token of a new key that comes while they are on their way, not the first alone", async () => {
    const publisher = new Publisher(old);
    const { verifier } = verifierOf(publisher);
    await verifier.verify(await signToken(old));
    clock += 60_000;
    let publish = (_: JSONWebKeySet) => {};
    publisher.answer = () => new Promise((resolve) => (publish = resolve));
    const tokens = await Promise.all([1, 2, 3].map(() => signToken(next)));
    const verified = Promise.all(tokens.map((token) => verifier.verify(token)));
    while (publisher.asked < 2) await new Promise(setImmediate);
    publish(published(old, next));
    assert.equal((await verified).length, 3);
    assert.equal(publisher.asked, 2);
  });

  it("make tokens of a key that is gone worthless, those remembered among them", async () => {
    const publisher = new Publisher(old);
    const { cache } = verifierOf(publisher);
    const former = await signToken(old);
    await cache.verify(former);
    publisher.publish(old, next);
    clock += 5_000;
    await cache.verify(await signToken(next));
    await cache.verify(former);
    assert.equal(cache.knows(former), true);
    publisher.publish(next);
    clock += 5_000;
    await assertDenied(cache.verify(await signToken(old, tokenClaims(), { kid: "unknown" })), ...unsigned);
    assert.equal(cache.size, 0);
    assert.equal(cache.knows(former), false);
    await assertDenied(cache.verify(former), ...unsigned);
    assert.deepEqual(
      log.lines.map(({ ids }) => ids),
      [["old"], ["old", "next"], ["next"]],
    );
  });

  it("leave what is remembered alone when they are the same as before", async () => {
    const publisher = new Publisher(old);
    const { cache } = verifierOf(publisher);
    const token = await signToken(old);
    await cache.verify(token);
    clock += 5_000;
    await assertDenied(cache.verify(await signToken(next)), ...unsigned);
    assert.equal(publisher.asked, 2);
    assert.equal(cache.knows(token), true);
    assert.equal(log.lines.length, 1);
  });

  describe("by themselves", () => {
    beforeEach(() => mock.timers.enable({ apis: ["setTimeout"] }));
    afterEach(() => mock.timers.reset());
    const turn = () => new Promise(setImmediate);

    it("are looked at every five minutes, after two seconds when they could not be had, and not at all in the end", async () => {
      const publisher = new Publisher(old);
      const { keys } = verifierOf(publisher);
      await turn();
      mock.timers.tick(299_999);
      assert.equal(publisher.asked, 1);
      publisher.answer = () => Promise.reject(new Error("down"));
      mock.timers.tick(1);
      await turn();
      assert.equal(publisher.asked, 2);
      mock.timers.tick(1_999);
      assert.equal(publisher.asked, 2);
      mock.timers.tick(1);
      await turn();
      assert.equal(publisher.asked, 3);
      keys.stop();
      mock.timers.tick(3_600_000);
      assert.equal(publisher.asked, 3);
    });

    it("are not looked at again when they come after the end", async () => {
      const publisher = new Publisher(old);
      const { keys } = verifierOf(publisher);
      keys.stop();
      await turn();
      mock.timers.tick(3_600_000);
      assert.equal(publisher.asked, 1);
    });
  });
});
