import assert from "node:assert/strict";
import { encodeAccount, encodeUser, fmtCreds } from "@nats-io/jwt";
import { createAccount, createOperator, createUser } from "@nats-io/nkeys";
import { accountOf, parseCreds } from "../../../services/creds";

const account = createAccount();
const user = createUser();

async function credsText(claims: object = {}): Promise<string> {
  return Buffer.from(fmtCreds(await encodeUser("test", user, account, claims), user)).toString();
}

/** A text with one character in the middle of its JWT's part changed. */
function garble(text: string, part: 0 | 1 | 2): string {
  const jwt = /eyJ\S+/.exec(text)?.[0] ?? "";
  const parts = jwt.split(".");
  const [victim = ""] = parts.slice(part);
  const middle = Math.floor(victim.length / 2);
  parts[part] = victim.slice(0, middle) + (victim[middle] === "A" ? "B" : "A") + victim.slice(middle + 1);
  return text.replace(jwt, parts.join("."));
}

describe("parseCreds", () => {
  it("reads the JWT, its claims and the seed", async () => {
    const creds = parseCreds(await credsText());
    assert.equal(creds.claims.sub, user.getPublicKey());
    assert.equal(accountOf(creds.claims), account.getPublicKey());
    assert.equal(creds.seed, Buffer.from(user.getSeed()).toString());
  });

  it("names the account of a user that a signing key signed", async () => {
    const { claims } = parseCreds(await credsText({ issuer_account: "AOWNER" }));
    assert.equal(accountOf(claims), "AOWNER");
  });

  it("takes a bearer without a seed, and nobody else", async () => {
    const withoutSeed = (text: string) => text.slice(0, text.indexOf("****"));
    assert.equal(parseCreds(withoutSeed(await credsText({ bearer_token: true }))).seed, undefined);
    const text = withoutSeed(await credsText());
    assert.throws(() => parseCreds(text), /no user seed/);
  });

  it("refuses what is not a creds file", () => {
    for (const text of ["", "nonsense", "-----BEGIN NATS USER JWT-----\n------END NATS USER JWT------"]) {
      assert.throws(() => parseCreds(text), /not a creds file/);
    }
  });

  it("refuses a JWT that was changed after it was signed", async () => {
    const text = await credsText();
    for (const part of [0, 1, 2] as const) assert.throws(() => parseCreds(garble(text, part)), /JWT/);
  });

  it("refuses an account's JWT", async () => {
    const jwt = await encodeAccount("test", account, {}, { signer: createOperator() });
    const text = (await credsText()).replace(/eyJ\S+/, jwt);
    assert.throws(() => parseCreds(text), /not a user's/);
  });

  it("never quotes what it refuses", async () => {
    const text = garble(await credsText(), 2);
    assert.throws(
      () => parseCreds(text),
      ({ message }: Error) => !/eyJ|SU[A-Z2-7]{20}/.test(message),
    );
  });
});
