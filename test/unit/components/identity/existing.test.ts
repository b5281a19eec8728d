import assert from "node:assert/strict";
import { accountClaims } from "../../../../components/identity/claims/account";
import { operatorClaims } from "../../../../components/identity/claims/operator";
import { IdentityError } from "../../../../components/identity/errors";
import { readOperator, readSystemAccount } from "../../../../components/identity/existing";
import { type Claims, encodeJwt } from "../../../../components/identity/jwt";
import { type EncodedKeyPair, signerFromSeed } from "../../../../components/identity/nkey";
import { systemAccountLimits } from "../../../../components/identity/platform-users";
import { testKey } from "./keys";

const operator = testKey("operator", "operator");
const operatorSigning = testKey("operator", "signing");
const account = testKey("account", "account");
const accountSigning = testKey("account", "signing");
const accountRole = testKey("account", "role");
const strangerOperator = testKey("operator", "stranger");
const strangerAccount = testKey("account", "stranger");

const sign = (claims: Claims, key: EncodedKeyPair) => encodeJwt(claims, signerFromSeed(key.seed), { issuedAt: 1000 });

function operatorJwt(overrides: object = {}, signer = operator): string {
  const claims = operatorClaims({
    name: "theirs",
    publicKey: operator.publicKey,
    signingKeys: [operatorSigning.publicKey],
    systemAccountId: account.publicKey,
    minimumServerVersion: "2.10.0",
  });
  return sign({ ...claims, nats: { ...claims.nats, ...overrides } }, signer);
}

function accountJwt(publicKey = account.publicKey, signer = operatorSigning): string {
  const claims = accountClaims({
    name: "SYS",
    publicKey,
    limits: systemAccountLimits,
    signingKeys: [accountSigning.publicKey],
    scopedSigningKeys: [
      { publicKey: accountRole.publicKey, role: "r", access: { permissions: { publish: {}, subscribe: {} } } },
    ],
  });
  return sign(claims, signer);
}

/** Refused with that message, and without the seed in it. */
function refused(attempt: () => unknown, message: RegExp, seed: string): void {
  assert.throws(attempt, (error: Error) => {
    assert.ok(error instanceof IdentityError, String(error));
    assert.match(error.message, message);
    assert.ok(!error.message.includes(seed));
    return true;
  });
}

describe("an existing operator", () => {
  it("is read with a seed of one of its signing keys", () => {
    assert.deepEqual(readOperator(`${operatorJwt()}\n`, ` ${operatorSigning.seed}\n`), {
      publicKey: operator.publicKey,
      signingPublicKey: operatorSigning.publicKey,
      systemAccountId: account.publicKey,
    });
  });

  it("may name no system account", () => {
    assert.equal(
      readOperator(operatorJwt({ system_account: undefined }), operatorSigning.seed).systemAccountId,
      undefined,
    );
  });

  it("may sign with its identity key, unless it is strict about signing keys", () => {
    const lenient = operatorJwt({ strict_signing_key_usage: undefined, signing_keys: undefined });
    assert.equal(readOperator(lenient, operator.seed).signingPublicKey, operator.publicKey);
    refused(() => readOperator(operatorJwt(), operator.seed), /lets sign accounts/, operator.seed);
  });

  it("is refused with the seed of another operator, naming the keys that would do", () => {
    refused(
      () => readOperator(operatorJwt(), strangerOperator.seed),
      new RegExp(
        `${strangerOperator.publicKey} is not one that operator "theirs" lets sign accounts \\(${operatorSigning.publicKey}\\)`,
      ),
      strangerOperator.seed,
    );
  });

  it("is refused with a seed of another kind, or an account's JWT", () => {
    refused(
      () => readOperator(operatorJwt(), account.seed),
      /of kind account, expected a seed of an operator/,
      account.seed,
    );
    refused(
      () => readOperator(accountJwt(), operatorSigning.seed),
      /is of type "account", expected "operator"/,
      operatorSigning.seed,
    );
  });

  it("is refused if somebody else signed its JWT", () => {
    refused(
      () => readOperator(operatorJwt({}, strangerOperator), operatorSigning.seed),
      /not by itself/,
      operatorSigning.seed,
    );
  });
});

describe("an existing system account", () => {
  it("is read with a seed of one of its signing keys", () => {
    assert.deepEqual(readSystemAccount(accountJwt(), accountSigning.seed, operatorJwt()), {
      publicKey: account.publicKey,
      signingPublicKey: accountSigning.publicKey,
    });
  });

  it("may sign with its identity key, unless the operator is strict about signing keys", () => {
    const lenient = operatorJwt({ strict_signing_key_usage: undefined });
    assert.equal(readSystemAccount(accountJwt(), account.seed, lenient).signingPublicKey, account.publicKey);
    refused(() => readSystemAccount(accountJwt(), account.seed, operatorJwt()), /lets sign users/, account.seed);
  });

  it("is refused with the key of a role, which could not sign a system user", () => {
    refused(
      () => readSystemAccount(accountJwt(), accountRole.seed, operatorJwt()),
      /lets sign users/,
      accountRole.seed,
    );
  });

  it("is refused if another operator signed it", () => {
    refused(
      () => readSystemAccount(accountJwt(account.publicKey, strangerOperator), accountSigning.seed, operatorJwt()),
      /which is no key of operator "theirs"/,
      accountSigning.seed,
    );
  });

  it("is refused if the operator names another one", () => {
    refused(
      () => readSystemAccount(accountJwt(strangerAccount.publicKey), accountSigning.seed, operatorJwt()),
      new RegExp(
        `names ${account.publicKey} as its system account, but the JWT given is about ${strangerAccount.publicKey}`,
      ),
      accountSigning.seed,
    );
  });
});
