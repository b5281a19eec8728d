import assert from "node:assert/strict";
import { readAppSigner } from "../../../../../services/auth-callout/kubernetes/app-signer";
import { testKey } from "../../../components/identity/keys";

const account = testKey("account", "acme");
const app = testKey("account", "acme app");
const policy = { suspended: false, publish: ["orders.>"], subscribe: [] };
const texts = { "account.id": account.publicKey, "signing.seed": app.seed, "policy.json": JSON.stringify(policy) };
const secret = (changes: Record<string, string | undefined> = {}) => ({
  data: Object.fromEntries(
    Object.entries({ ...texts, ...changes }).flatMap(([key, text]) =>
      text === undefined ? [] : [[key, Buffer.from(text).toString("base64")]],
    ),
  ),
});

describe("a tenant's Secret for the callout", () => {
  it("says whose users are signed, by what, and what they may be given", () => {
    const { signer, ...rest } = readAppSigner(secret());
    assert.deepEqual(rest, { accountId: account.publicKey, ...policy });
    assert.deepEqual([signer.kind, signer.publicKey], ["account", app.publicKey]);
  });

  it("may end in a line end, and hold more than is asked for, which is left out", () => {
    const more = JSON.stringify({ ...policy, more: 1 });
    const read = readAppSigner(secret({ "account.id": `${account.publicKey}\n`, "policy.json": more, other: "x" }));
    assert.equal(read.accountId, account.publicKey);
    assert.ok(!("more" in read));
  });

  for (const key of Object.keys(texts)) {
    it(`is unsound without ${key}`, () => {
      assert.throws(() => readAppSigner(secret({ [key]: undefined })), { message: `key ${key} is missing` });
      assert.throws(() => readAppSigner({}), /is missing/);
    });
  }

  const odd: [string, string, string][] = [
    ["account.id", "a signing key's seed", app.seed],
    ["account.id", "a user's key", testKey("user", "u").publicKey],
    ["signing.seed", "a user's seed", testKey("user", "u").seed],
    ["signing.seed", "a seed that was cut", app.seed.slice(0, -1)],
    ["policy.json", "no JSON", "{"],
    ["policy.json", "null", "null"],
    ["policy.json", "a list", "[]"],
    ["policy.json", "suspended as text", JSON.stringify({ ...policy, suspended: "false" })],
    ["policy.json", "nothing about suspension", JSON.stringify({ ...policy, suspended: undefined })],
    ["policy.json", "one subject in place of a list", JSON.stringify({ ...policy, publish: ">" })],
    ["policy.json", "a number among subjects", JSON.stringify({ ...policy, subscribe: [1] })],
    ["policy.json", "no list", JSON.stringify({ ...policy, subscribe: undefined })],
  ];
  for (const [key, what, text] of odd) {
    it(`is unsound with ${what} in ${key}, none of which is in the message`, () => {
      assert.throws(() => readAppSigner(secret({ [key]: text })), {
        message: `key ${key} is not what the tenant's stack writes`,
      });
    });
  }
});
