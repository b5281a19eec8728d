import assert from "node:assert/strict";
import { Denied } from "../../../../../services/auth-callout/denied";
import { TokenCache } from "../../../../../services/auth-callout/token/cache";
import type { TokenIdentity } from "../../../../../services/auth-callout/token/claims";
import { assertDenied, identityOf } from "../tokens";

describe("tokens that were verified", () => {
  let clock = 0;
  let asked: string[];
  let verify: (token: string) => Promise<TokenIdentity>;
  let cache: TokenCache;

  beforeEach(() => {
    clock = 1_000_000;
    asked = [];
    verify = async () => ({ ...identityOf(), expiresAt: 2_000 });
    const verifier = {
      verify: (token: string) => {
        asked.push(token);
        return verify(token);
      },
    };
    cache = new TokenCache(verifier, () => clock);
  });

  it("are verified once", async () => {
    assert.equal(cache.knows("one"), false);
    const identity = await cache.verify("one");
    assert.equal(await cache.verify("one"), identity);
    assert.equal(cache.knows("one"), true);
    assert.equal(cache.knows("two"), false);
    assert.deepEqual([asked, cache.size], [["one"], 1]);
  });

  it("are forgotten in the very second in which they expire", async () => {
    await cache.verify("one");
    clock = 1_999_999;
    assert.equal(cache.knows("one"), true);
    clock = 2_000_000;
    assert.equal(cache.knows("one"), false);
    assert.equal(cache.size, 0);
    await cache.verify("one");
    assert.equal(asked.length, 2);
  });

  it("are not remembered when they were refused", async () => {
    verify = () => Promise.reject(new Denied("signature", "forged"));
    for (let i = 0; i < 2; i++) await assertDenied(cache.verify("one"), "signature", "forged");
    assert.deepEqual([asked.length, cache.size, cache.knows("one")], [2, 0, false]);
  });

  it("are verified anew when one was forgotten, and others are not", async () => {
    for (const token of ["one", "two"]) await cache.verify(token);
    cache.forget("one");
    assert.deepEqual([cache.knows("one"), cache.knows("two"), cache.size], [false, true, 1]);
  });

  it("are 20,000 at most; the oldest goes first", async () => {
    for (let i = 0; i <= 20_000; i++) await cache.verify(`token ${i}`);
    assert.equal(cache.size, 20_000);
    assert.equal(cache.knows("token 0"), false);
    assert.equal(cache.knows("token 1"), true);
    assert.equal(cache.knows("token 20000"), true);
  });

  it("are verified anew when all are to be", async () => {
    await cache.verify("one");
    cache.clear();
    assert.deepEqual([cache.knows("one"), cache.size], [false, 0]);
    await cache.verify("one");
    assert.equal(asked.length, 2);
  });

  it("are not remembered when all were forgotten while one was being verified: its key may be the one that is gone", async () => {
    let finish = () => {};
    verify = () =>
      new Promise((resolve) => {
        finish = () => resolve({ ...identityOf(), expiresAt: 2_000 });
      });
    const verified = cache.verify("one");
    cache.clear();
    finish();
    await verified;
    assert.deepEqual([cache.knows("one"), cache.size], [false, 0]);
  });

  it("are not kept as they are", async () => {
    await cache.verify("the token itself");
    const { verified } = cache as unknown as { verified: Map<string, unknown> };
    assert.ok(!JSON.stringify([...verified]).includes("the token itself"));
    assert.match([...verified.keys()][0] ?? "", /^[\w+/]{43}=$/);
  });
});
