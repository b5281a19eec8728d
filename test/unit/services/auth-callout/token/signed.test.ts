import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { exportSPKI } from "jose";
import type { DenialReason } from "../../../../../services/auth-callout/denied";
import { KeySet } from "../../../../../services/auth-callout/token/key-set";
import { SignedTokens } from "../../../../../services/auth-callout/token/signed";
import { RecordedLog } from "../logs";
import {
  assertDenied,
  audience,
  identityOf,
  issuer,
  now,
  published,
  signToken,
  type TokenKey,
  tokenClaims,
  tokenKey,
} from "../tokens";

const base64Url = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
const unsignedText = "the token is not signed by a key of the cluster";

describe("tokens verified by their signature", () => {
  let rsa: TokenKey;
  let ec: TokenKey;
  let foreign: TokenKey;
  let verifier: SignedTokens;
  let keys: KeySet;
  const log = new RecordedLog();
  const seen: string[] = [];

  before(async () => {
    [rsa, ec, foreign] = await Promise.all([
      tokenKey("RS256", "one"),
      tokenKey("ES256", "two"),
      tokenKey("RS256", "one"),
    ]);
    keys = new KeySet(
      async () => published(rsa, ec),
      log,
      () => {},
    );
    verifier = new SignedTokens(keys, { issuer, audience });
  });
  after(() => {
    keys.stop();
    log.assertHoldsNothingOf(seen);
  });

  const verify = (token: string) => {
    seen.push(token);
    return verifier.verify(token);
  };

  it("say who their bearer is, by RS256 and by ES256", async () => {
    for (const key of [rsa, ec]) {
      const claims = tokenClaims();
      assert.deepEqual(await verify(await signToken(key, claims)), identityOf(claims));
    }
  });

  it("are taken from a clock that is two seconds ahead", async () => {
    const claims = tokenClaims({ iat: now() + 1, nbf: now() + 1 });
    assert.deepEqual(await verify(await signToken(rsa, claims)), identityOf(claims));
  });

  it("are taken without the id of the key where one key fits alone", async () => {
    const claims = tokenClaims();
    assert.deepEqual(await verify(await signToken(ec, claims, { kid: undefined })), identityOf(claims));
  });

  const notJwt = "the token is no JWT";
  const refused: [string, () => string | Promise<string>, DenialReason, string][] = [
    ["garbage", () => "garbage-that-is-no-token", "malformed", notJwt],
    ["an empty text", () => "", "malformed", notJwt],
    ["three empty parts", () => "..", "malformed", notJwt],
    ["a token with a fourth part", async () => `${await signToken(rsa)}.x`, "malformed", notJwt],
    ["claims that are no object", () => signedText(rsa, '"text"'), "malformed", notJwt],
    ["claims that are no JSON", () => signedText(rsa, "{"), "malformed", notJwt],
    [
      "an expired token",
      () => signToken(rsa, tokenClaims({ iat: now() - 3_600, nbf: now() - 3_600, exp: now() - 60 })),
      "expired",
      "the token has expired",
    ],
    [
      "a token that expired a second ago, in spite of the tolerance for clocks",
      () => signToken(rsa, tokenClaims({ iat: now() - 3_600, exp: now() - 1 })),
      "expired",
      "the token has expired",
    ],
    [
      "a token that is not valid yet",
      () => signToken(rsa, tokenClaims({ nbf: now() + 60 })),
      "not-yet-valid",
      "the token is not valid yet",
    ],
    [
      "another audience",
      () => signToken(rsa, tokenClaims({ aud: ["vault"] })),
      "audience",
      "the token is for another audience",
    ],
    [
      "the API server's audience, which every pod has a token for",
      () => signToken(rsa, tokenClaims({ aud: [issuer] })),
      "audience",
      "the token is for another audience",
    ],
    [
      "no audience",
      () => signToken(rsa, tokenClaims({ aud: undefined })),
      "audience",
      "the token is for another audience",
    ],
    [
      "two audiences, one of them ours",
      () => signToken(rsa, tokenClaims({ aud: [audience, issuer] })),
      "audience",
      "the token is not for nats alone",
    ],
    [
      "another issuer",
      () => signToken(rsa, tokenClaims({ iss: "https://other.example" })),
      "issuer",
      "the token is of another issuer",
    ],
    ["no issuer", () => signToken(rsa, tokenClaims({ iss: undefined })), "issuer", "the token is of another issuer"],
    [
      "no end",
      () => signToken(rsa, tokenClaims({ exp: undefined })),
      "malformed",
      "the token does not say when it was issued and expires",
    ],
    [
      "an end that is text",
      () => signToken(rsa, tokenClaims({ exp: "soon" as never })),
      "malformed",
      "claim exp of the token is wrong",
    ],
    [
      "no claims of Kubernetes",
      () => signToken(rsa, tokenClaims({ "kubernetes.io": undefined })),
      "malformed",
      "the token is not one of a ServiceAccount",
    ],
    [
      "another's subject",
      () => signToken(rsa, tokenClaims({ sub: "system:serviceaccount:kube-system:admin" })),
      "malformed",
      "the token's subject is not its ServiceAccount",
    ],
    [
      "a token of more than 16 KiB",
      () => signToken(rsa, tokenClaims({ padding: "x".repeat(16 * 1024) })),
      "malformed",
      "the token is too long",
    ],
    ["an altered payload", () => altered(1, ({ sub }) => ({ sub, aud: [audience] })), "signature", unsignedText],
    ["an altered header", () => altered(0, (header) => ({ ...header, typ: "at+jwt" })), "signature", unsignedText],
    ["an altered signature", async () => flipped(await signToken(rsa)), "signature", unsignedText],
    ["a token cut short", async () => (await signToken(rsa)).slice(0, -8), "signature", unsignedText],
    [
      "a token without its signature",
      async () => (await signToken(rsa)).replace(/[^.]*$/, ""),
      "signature",
      unsignedText,
    ],
    ["a key of another cluster with the same id", () => signToken(foreign), "signature", unsignedText],
    ["the id of another of our keys", () => signToken(rsa, tokenClaims(), { kid: "two" }), "signature", unsignedText],
    [
      "the id of a key that is unknown",
      () => signToken(rsa, tokenClaims(), { kid: "three" }),
      "signature",
      unsignedText,
    ],
    [
      "alg none, without a signature",
      () => `${base64Url({ alg: "none", kid: "one" })}.${base64Url(tokenClaims())}.`,
      "signature",
      unsignedText,
    ],
    [
      "alg none, with the signature of another token",
      async () => `${base64Url({ alg: "none", kid: "one" })}.${(await signToken(rsa)).split(".").slice(1).join(".")}`,
      "signature",
      unsignedText,
    ],
    [
      "HS256 by the public key as PEM",
      async () => hmacToken(await exportSPKI(rsa.publicKey)),
      "signature",
      unsignedText,
    ],
    ["HS256 by the public key as it is published", () => hmacToken(JSON.stringify(rsa.jwk)), "signature", unsignedText],
    [
      "HS256 by the modulus of the public key",
      () => hmacToken(Buffer.from(rsa.jwk.n ?? "", "base64url")),
      "signature",
      unsignedText,
    ],
    ["a good one with a space at its end", async () => `${await signToken(rsa)} `, "malformed", notJwt],
    ["a good one with padding", async () => `${await signToken(rsa)}==`, "malformed", notJwt],
    ["a good one with a space within", async () => (await signToken(rsa)).replace(".", ". "), "malformed", notJwt],
    [
      "an unknown critical extension",
      () => signedText(rsa, JSON.stringify(tokenClaims()), { crit: ["x"], x: 1 }),
      "malformed",
      notJwt,
    ],
  ];
  for (const [what, token, reason, detail] of refused) {
    it(`are refused: ${what}`, async () => {
      await assertDenied(verify(await token()), reason, detail);
    });
  }

  it("are refused without the id of the key where several fit", async () => {
    const both = new KeySet(
      async () => published(rsa, { ...foreign, jwk: { ...foreign.jwk, kid: "three" } }),
      log,
      () => {},
    );
    const token = await signToken(rsa, tokenClaims(), { kid: undefined });
    await assertDenied(new SignedTokens(both, { issuer, audience }).verify(token), "signature", unsignedText);
    both.stop();
  });

  it("are refused by HS256 even where a secret is published by mistake", async () => {
    const secret = Buffer.from("a secret of thirty-two characters");
    const jwk = { kty: "oct", k: secret.toString("base64url"), kid: "one" };
    const wrong = new KeySet(
      async () => ({ keys: [jwk] }),
      log,
      () => {},
    );
    await assertDenied(
      new SignedTokens(wrong, { issuer, audience }).verify(hmacToken(secret)),
      "signature",
      unsignedText,
    );
    wrong.stop();
  });

  it("are not judged while no keys were ever had", async () => {
    const none = new KeySet(
      () => Promise.reject(new Error("down")),
      log,
      () => {},
    );
    const denied = assertDenied(
      new SignedTokens(none, { issuer, audience }).verify(await signToken(rsa)),
      "unavailable",
      "the cluster's keys have not been had yet",
    );
    await denied;
    none.stop();
  });

  /** A valid token, of which part 0 (header) or 1 (claims) is another afterwards. */
  async function altered(part: 0 | 1, change: (value: Record<string, unknown>) => object): Promise<string> {
    const parts = (await signToken(rsa)).split(".");
    parts[part] = base64Url(change(JSON.parse(Buffer.from(parts[part] ?? "", "base64url").toString())));
    return parts.join(".");
  }

  function flipped(token: string): string {
    const middle = token.length - 20;
    return `${token.slice(0, middle)}${token[middle] === "A" ? "B" : "A"}${token.slice(middle + 1)}`;
  }
});

function hmacToken(secret: string | Buffer): string {
  const signed = `${base64Url({ alg: "HS256", kid: "one" })}.${base64Url(tokenClaims())}`;
  return `${signed}.${createHmac("sha256", secret).update(signed).digest("base64url")}`;
}

/** A token with any text for its claims, soundly signed. */
async function signedText({ alg, kid, privateKey }: TokenKey, claims: string, header: object = {}): Promise<string> {
  const signed = `${base64Url({ alg, kid, ...header })}.${Buffer.from(claims).toString("base64url")}`;
  const signature = await crypto.subtle.sign("RSASSA-PKCS1-v1_5", privateKey, Buffer.from(signed));
  return `${signed}.${Buffer.from(signature).toString("base64url")}`;
}
