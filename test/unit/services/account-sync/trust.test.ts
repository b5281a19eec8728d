import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { deletionClaims } from "../../../../components/identity/claims/deletion";
import { encodeJwt } from "../../../../components/identity/jwt";
import { newKey, now, TestOperator } from "../../../../local/world/identity";
import { readAccountJwt, readDeleteJwt, readTrust } from "../../../../services/account-sync/trust";

const operator = new TestOperator();
const trust = readTrust(operator.jwt);
const account = operator.account("tenant-acme");
const stranger = newKey("operator");

describe("readTrust", () => {
  it("trusts the signing keys of a strict operator, and not its identity key", () => {
    assert.deepEqual([...trust.issuers], [operator.signingKey.publicKey]);
  });

  it("refuses what is no operator JWT", () => {
    assert.throws(() => readTrust(account.jwt()), /type "account", expected "operator"/);
    assert.throws(() => readTrust("garbage"), /not a NATS JWT/);
  });
});

describe("readAccountJwt", () => {
  it("reads what a trusted key has signed, whatever space stands around it", () => {
    const text = account.jwt({ issuedAt: 1_700_000_000 });
    assert.deepEqual(readAccountJwt(`\n${text}\n`, trust), {
      id: account.id,
      name: "tenant-acme",
      text,
      digest: createHash("sha256").update(text).digest("hex"),
      issuedAt: 1_700_000_000,
    });
  });

  it("refuses what a stranger has signed", () => {
    assert.throws(() => readAccountJwt(account.jwt({ signer: stranger }), trust), /does not let sign accounts/);
  });

  it("refuses a JWT that was changed, without quoting it", () => {
    const [header, claims = "", signature] = account.jwt().split(".");
    const changed = Buffer.from(Buffer.from(claims, "base64url").toString().replace("1000", "1001")).toString(
      "base64url",
    );
    assert.throws(
      () => readAccountJwt([header, changed, signature].join("."), trust),
      (error: Error) => /signature/.test(error.message) && !error.message.includes(changed),
    );
  });

  it("refuses one whose times are none, though the operator has signed it", () => {
    const claims = JSON.parse(Buffer.from(account.jwt().split(".")[1] ?? "", "base64url").toString());
    for (const times of [{ iat: "now" }, { iat: -1 }, { exp: "never" }, { exp: 1e300 }]) {
      const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
      const signed = `${encode({ typ: "JWT", alg: "ed25519-nkey" })}.${encode({ ...claims, ...times })}`;
      const signature = operator.signingKey.signer.sign(Buffer.from(signed)).toString("base64url");
      assert.throws(() => readAccountJwt(`${signed}.${signature}`, trust), /is no time/);
    }
  });

  it("refuses another kind of JWT", () => {
    assert.throws(() => readAccountJwt(account.deleteJwt(), trust), /type "generic"/);
  });
});

describe("readDeleteJwt", () => {
  const order = (accountId: string, key = operator.signingKey) =>
    encodeJwt(deletionClaims({ account: "a", accountId, issuer: key.publicKey }), key.signer, { issuedAt: now() });

  it("takes an order about this account alone, signed by a trusted key", () => {
    assert.equal(readDeleteJwt(order(account.id), account.id, trust), order(account.id));
  });

  it("refuses an order about another account, or about several", () => {
    const other = operator.account("other");
    assert.throws(() => readDeleteJwt(order(other.id), account.id, trust), /not about account A\w+ alone/);
    const claims = deletionClaims({ account: "a", accountId: account.id, issuer: operator.signingKey.publicKey });
    const both = { ...claims, nats: { ...claims.nats, accounts: [account.id, other.id] } };
    const text = encodeJwt(both, operator.signingKey.signer, { issuedAt: now() });
    assert.throws(() => readDeleteJwt(text, account.id, trust), /not about account A\w+ alone/);
  });

  it("refuses an order of a stranger", () => {
    assert.throws(() => readDeleteJwt(order(account.id, stranger), account.id, trust), /does not trust/);
  });
});
