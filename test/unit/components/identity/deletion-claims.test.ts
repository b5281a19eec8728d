import assert from "node:assert/strict";
import { deletionClaims } from "../../../../components/identity/claims/deletion";
import { encodeJwt } from "../../../../components/identity/jwt";
import { signerFromSeed } from "../../../../components/identity/nkey";
import { claimsOf, testKey } from "./keys";
import { refuses } from "./refuses";

const account = testKey("account", "acme").publicKey;
const operator = testKey("operator", "signing");
const args = { account: "tenant-acme", accountId: account, issuer: operator.publicKey };

describe("order to delete an account", () => {
  it("is about its own issuer, which is what a server asks for, and names the one account", () => {
    const jwt = encodeJwt(deletionClaims(args), signerFromSeed(operator.seed), { issuedAt: 1_795_270_000 });
    const { iss, sub, exp, nats } = claimsOf(jwt);
    assert.deepEqual([iss, sub, exp], [operator.publicKey, operator.publicKey, undefined]);
    assert.deepEqual(nats, { accounts: [account], type: "generic", version: 2 });
  });

  it("is signed by an operator's key only", () => {
    const { seed } = testKey("account", "acme");
    assert.throws(
      () => encodeJwt(deletionClaims(args), signerFromSeed(seed), { issuedAt: 1_795_270_000 }),
      /is to be signed by a key of an account: sign it with one of an operator/,
    );
  });

  refuses([
    [
      "an account that is none",
      () => deletionClaims({ ...args, accountId: "acme" }),
      /accountId is "acme"; it must be/,
    ],
    ["an issuer that is no operator", () => deletionClaims({ ...args, issuer: account }), /public key of an operator/],
  ]);
});
