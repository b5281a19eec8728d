import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { decode } from "@nats-io/jwt";
import { accountClaims } from "../../../../components/identity/claims/account";
import { operatorClaims } from "../../../../components/identity/claims/operator";
import { userClaims } from "../../../../components/identity/claims/user";
import { IdentityError } from "../../../../components/identity/errors";
import { type Claims, claimsDigest, encodeJwt, verifyJwt } from "../../../../components/identity/jwt";
import { signerFromSeed } from "../../../../components/identity/nkey";
import reference from "./go-reference.json";
import { claimsOf, testKey } from "./keys";

const { keys, issuedAt } = reference;

/** Seed of a key of the reference, which keeps its digest only. */
function seedOf(name: Exclude<keyof typeof keys, "curve">): string {
  const kind = name.startsWith("operator") ? "operator" : name.startsWith("account") ? "account" : "user";
  return testKey(kind, name).seed;
}

/** What the reference was made of, in our words. */
const operator = operatorClaims({
  name: "O",
  publicKey: keys.operator.publicKey,
  signingKeys: [keys["operator-signing"].publicKey],
  systemAccountId: keys.account.publicKey,
  minimumServerVersion: "2.14.0",
});
const account = accountClaims({
  name: "A <&>",
  publicKey: keys.account.publicKey,
  limits: {
    subscriptions: 1,
    data: 2,
    payload: 3,
    imports: 4,
    exports: 5,
    wildcardExports: true,
    disallowBearer: true,
    connections: 6,
    leafNodes: 7,
  },
  jetstream: {
    memoryStorage: 8,
    diskStorage: 9,
    streams: 10,
    consumers: 11,
    maxAckPending: 12,
    memoryMaxStreamBytes: 13,
    diskMaxStreamBytes: 14,
    maxBytesRequired: true,
  },
  signingKeys: [keys["account-signing"].publicKey],
  scopedSigningKeys: [
    {
      publicKey: keys["account-role"].publicKey,
      role: "reader",
      access: { permissions: { publish: { deny: [">"] }, subscribe: { allow: ["{{name()}}.>"] } } },
    },
  ],
  revocations: { [keys.user.publicKey]: 100, "*": 50 },
  defaultPermissions: { publish: { allow: ["a.>"] }, subscribe: {} },
  authorization: { authUsers: [keys.user.publicKey], allowedAccounts: ["*"], xkey: keys.curve.publicKey },
  exports: [
    {
      name: "s",
      subject: "z.*.>",
      type: "stream",
      accountTokenPosition: 2,
      tokenRequired: true,
      description: "d",
      infoUrl: "https://x.y",
    },
    { name: "q", subject: "b.q", type: "service", responseType: "Stream" },
  ],
  imports: [
    { name: "i", subject: "x.>", account: keys["account-role"].publicKey, localSubject: "l.x.>", type: "stream" },
  ],
  description: "about",
});
const user = userClaims({
  name: "U",
  publicKey: keys.user.publicKey,
  accountId: keys.account.publicKey,
  access: {
    permissions: {
      publish: { allow: ["a.>", "b"], deny: ["a.x"] },
      subscribe: { allow: ["c q"] },
      responses: { max: 1, ttlSeconds: 5 },
    },
    limits: {
      src: ["10.0.0.0/8"],
      times: [{ start: "08:00:00", end: "17:00:00" }],
      timesLocation: "Europe/Vienna",
      subscriptions: 1,
      data: 2,
      payload: 3,
    },
    bearer: true,
    allowedConnectionTypes: ["STANDARD", "WEBSOCKET"],
  },
  tags: ["t"],
});
const scopedUser = userClaims({
  name: "R",
  publicKey: keys.user.publicKey,
  accountId: keys.account.publicKey,
  access: "role",
});

const cases: readonly {
  name: keyof typeof reference.claims;
  claims: Claims;
  signer: Parameters<typeof seedOf>[0];
  ttlSeconds?: number;
}[] = [
  { name: "operator", claims: operator, signer: "operator" },
  { name: "account", claims: account, signer: "operator-signing" },
  { name: "user", claims: user, signer: "account-signing", ttlSeconds: 4_000_000_000 - issuedAt },
  { name: "scopedUser", claims: scopedUser, signer: "account-role" },
];

describe("JWTs", () => {
  for (const { name, claims, signer, ttlSeconds } of cases) {
    const sign = () => encodeJwt(claims, signerFromSeed(seedOf(signer)), { issuedAt, ttlSeconds });

    it(`writes the claims of the ${name} byte for byte as Go's jwt does, the id apart`, () => {
      const written = Buffer.from(sign().split(".")[1] ?? "", "base64url").toString();
      const withoutId = (text: string) => text.replace(/"jti":"[A-Z2-7]{52}"/, '"jti":"..."');
      assert.equal(withoutId(written), withoutId(reference.claims[name]));
      assert.notEqual(written, reference.claims[name]);
    });

    it(`writes the same bytes for the same ${name}, and @nats-io/jwt verifies them`, () => {
      assert.equal(sign(), sign());
      assert.deepEqual(decode(sign()), claimsOf(sign()));
      assert.equal(
        Buffer.from(sign().split(".")[0] ?? "", "base64url").toString(),
        '{"typ":"JWT","alg":"ed25519-nkey"}',
      );
      assert.deepEqual(verifyJwt(`\n${sign()}\n`, claims.nats.type), claimsOf(sign()));
    });
  }

  it("reads what Go wrote", () => {
    assert.equal(verifyJwt(reference.userJwt, "user").name, "U");
  });

  it("gives claims that differ only in their NATS part another id, or a resolver would ignore the update", () => {
    const signer = signerFromSeed(seedOf("account-role"));
    const id = (claims: Claims) => claimsOf(encodeJwt(claims, signer, { issuedAt })).jti;
    assert.notEqual(
      id(scopedUser),
      id({ ...scopedUser, nats: { ...scopedUser.nats, type: "user", version: 2, tags: ["x"] } as never }),
    );
  });

  it("expires the time to live after its issue, and never without", () => {
    const signer = signerFromSeed(seedOf("account-signing"));
    assert.equal(claimsOf(encodeJwt(user, signer, { issuedAt: 1000, ttlSeconds: 60 })).exp, 1060);
    assert.equal("exp" in claimsOf(encodeJwt(user, signer, { issuedAt: 1000 })), false);
  });

  it("refuses a signer of the wrong kind", () => {
    const wrong = [
      [operator, "account"],
      [account, "account"],
      [account, "user"],
      [user, "operator"],
    ] as const;
    for (const [claims, signer] of wrong) {
      assert.throws(() => encodeJwt(claims, signerFromSeed(seedOf(signer)), { issuedAt }), /sign it with one of an/);
    }
  });

  it("refuses times that are not whole seconds", () => {
    const signer = signerFromSeed(seedOf("account-signing"));
    for (const times of [
      { issuedAt: 0 },
      { issuedAt: 1.5 },
      { issuedAt: Number.NaN },
      { issuedAt, ttlSeconds: 0 },
      { issuedAt, ttlSeconds: 0.5 },
    ]) {
      assert.throws(() => encodeJwt(user, signer, times), /both are whole seconds above 0/);
    }
  });

  it("writes whom it is for first, as Go does, and takes it into id and digest", () => {
    const signer = signerFromSeed(seedOf("account"));
    const answer: Claims = { sub: keys.user.publicKey, nats: { type: "authorization_response", version: 2 } };
    const encoded = encodeJwt({ ...answer, aud: "N" }, signer, { issuedAt });
    const text = Buffer.from(encoded.split(".")[1] ?? "", "base64url").toString();
    assert.match(
      text,
      /^\{"aud":"N","jti":"[A-Z2-7]{52}","iat":\d+,"iss":"A[A-Z2-7]{55}","sub":"U[A-Z2-7]{55}","nats":\{"type"/,
    );
    assert.deepEqual(decode(encoded), verifyJwt(encoded, "authorization_response"));
    assert.equal("aud" in claimsOf(encodeJwt(answer, signer, { issuedAt })), false);
    assert.notEqual(claimsOf(encoded).jti, claimsOf(encodeJwt({ ...answer, aud: "M" }, signer, { issuedAt })).jti);
    const { publicKey } = signer;
    assert.notEqual(claimsDigest({ ...answer, aud: "N" }, publicKey), claimsDigest(answer, publicKey));
  });

  it("has answers signed by an account, and no server's question by any key of ours", () => {
    const of = (type: "authorization_request" | "authorization_response"): Claims => ({
      sub: "U",
      nats: { type, version: 2 },
    });
    for (const signer of ["operator", "account", "user"] as const) {
      assert.throws(
        () => encodeJwt(of("authorization_request"), signerFromSeed(seedOf(signer)), { issuedAt }),
        /sign it with one of a server/,
      );
    }
    for (const signer of ["operator", "user"] as const) {
      assert.throws(
        () => encodeJwt(of("authorization_response"), signerFromSeed(seedOf(signer)), { issuedAt }),
        /sign it with one of an account/,
      );
    }
  });

  it("refuses a changed, cut, foreign or mistyped JWT without showing it", () => {
    const jwt = encodeJwt(user, signerFromSeed(seedOf("account-signing")), { issuedAt });
    const [head = "", body = "", signature = ""] = jwt.split(".");
    const changedBody = Buffer.from(Buffer.from(body, "base64url").toString().replace('"U"', '"V"')).toString(
      "base64url",
    );
    const otherAlgorithm = Buffer.from('{"typ":"JWT","alg":"none"}').toString("base64url");
    const refused: [string, RegExp][] = [
      [`${head}.${changedBody}.${signature}`, /signature of the user JWT "V" does not hold/],
      [`${head}.${body}.${signature.slice(0, -4)}`, /does not hold/],
      [`${head}.${body}`, /not a NATS JWT of version 2/],
      [`${otherAlgorithm}.${body}.${signature}`, /not a NATS JWT of version 2/],
      ["rubbish", /not a NATS JWT of version 2/],
      ["", /not a NATS JWT of version 2/],
      [encodeJwt(operator, signerFromSeed(seedOf("operator")), { issuedAt }), /is of type "operator", expected "user"/],
    ];
    for (const [text, message] of refused) {
      assert.throws(
        () => verifyJwt(text, "user"),
        (error: Error) =>
          error instanceof IdentityError &&
          message.test(error.message) &&
          (text === "" || !error.message.includes(text)),
        text,
      );
    }
  });
});

describe("digest of claims", () => {
  const issuer = keys["account-signing"].publicKey;
  const digest = claimsDigest(user, issuer, 60);

  it("is the same for the same claims, and has no time in it", () => {
    assert.equal(claimsDigest(structuredClone(user), issuer, 60), digest);
    assert.match(digest, /^[0-9a-f]{64}$/);
    assert.notEqual(digest, createHash("sha256").update("").digest("hex"));
  });

  it("changes with the name, the subject, the NATS part, the issuer and the time to live", () => {
    const changed = [
      claimsDigest({ ...user, name: "V" }, issuer, 60),
      claimsDigest({ ...user, sub: keys.account.publicKey }, issuer, 60),
      claimsDigest(
        { ...user, nats: { ...user.nats, issuer_account: keys["account-role"].publicKey } as never },
        issuer,
        60,
      ),
      claimsDigest(user, keys["account-role"].publicKey, 60),
      claimsDigest(user, issuer, 61),
      claimsDigest(user, issuer),
    ];
    assert.equal(new Set([digest, ...changed]).size, changed.length + 1);
  });
});
