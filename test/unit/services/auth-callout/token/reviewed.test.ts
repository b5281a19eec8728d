import assert from "node:assert/strict";
import type { V1TokenReview, V1TokenReviewStatus } from "@kubernetes/client-node";
import type { JWTPayload } from "jose";
import type { DenialReason } from "../../../../../services/auth-callout/denied";
import { ReviewedTokens } from "../../../../../services/auth-callout/token/reviewed";
import { assertDenied, audience, identityOf, signToken, type TokenKey, tokenClaims, tokenKey } from "../tokens";

const good: V1TokenReviewStatus = {
  authenticated: true,
  audiences: [audience],
  user: { username: "system:serviceaccount:shop:web", uid: "account-uid" },
};

describe("tokens the API server is asked about", () => {
  let key: TokenKey;
  let asked: V1TokenReview[];
  before(async () => {
    key = await tokenKey("ES256", "one");
  });
  beforeEach(() => {
    asked = [];
  });

  const verifierOf = (answer: () => V1TokenReviewStatus | undefined) =>
    new ReviewedTokens(async (body) => {
      asked.push(body);
      const status = answer();
      return { ...body, ...(status ? { status } : {}) };
    }, audience);

  it("say who their bearer is, and are asked about for our audience each time", async () => {
    const claims = tokenClaims();
    const token = await signToken(key, claims);
    const verifier = verifierOf(() => good);
    assert.deepEqual(await verifier.verify(token), identityOf(claims));
    await verifier.verify(token);
    assert.deepEqual(asked, Array(2).fill({ spec: { token, audiences: [audience] } }));
  });

  const unknown = "the API server does not take the token";
  const other = "the token is for another audience";
  const another = "the API server takes the token for another than it says";
  const refused: [string, V1TokenReviewStatus | undefined, DenialReason, string][] = [
    ["no status", undefined, "signature", unknown],
    ["not authenticated", { ...good, authenticated: false, error: "token expired" }, "signature", unknown],
    ["nothing said of authenticated", { ...good, authenticated: undefined }, "signature", unknown],
    ["for no audience that we asked for", { ...good, audiences: ["vault"] }, "audience", other],
    ["an API server that knows nothing of audiences", { ...good, audiences: undefined }, "audience", other],
    [
      "another user",
      { ...good, user: { ...good.user, username: "system:serviceaccount:shop:admin" } },
      "malformed",
      another,
    ],
    ["a user of another uid", { ...good, user: { ...good.user, uid: "new-uid" } }, "malformed", another],
    ["no user", { ...good, user: undefined }, "malformed", another],
  ];
  for (const [what, status, reason, detail] of refused) {
    it(`are refused: ${what}`, async () => {
      await assertDenied(verifierOf(() => status).verify(await signToken(key)), reason, detail);
    });
  }

  const claims: [string, JWTPayload, DenialReason, string][] = [
    ["a second audience", { aud: [audience, "vault"] }, "audience", "the token is not for nats alone"],
    [
      "no claims of Kubernetes",
      { "kubernetes.io": undefined },
      "malformed",
      "the token is not one of a ServiceAccount",
    ],
  ];
  for (const [what, changes, reason, detail] of claims) {
    it(`are refused with ${what}, even if the API server takes them`, async () => {
      await assertDenied(verifierOf(() => good).verify(await signToken(key, tokenClaims(changes))), reason, detail);
    });
  }

  it("are refused when they are no JWT, even if the API server takes them", async () => {
    await assertDenied(verifierOf(() => good).verify("abc"), "malformed", "the token is no JWT");
  });

  it("are refused unasked when they are too long", async () => {
    await assertDenied(verifierOf(() => good).verify("x".repeat(16 * 1024 + 1)), "malformed", "the token is too long");
    assert.deepEqual(asked, []);
    await assertDenied(verifierOf(() => undefined).verify("x".repeat(16 * 1024)), "signature", unknown);
  });

  it("let nobody in while the API server cannot be asked", async () => {
    const verifier = new ReviewedTokens(
      () => Promise.reject(new Error("the API server did not answer within 1.5 s")),
      audience,
    );
    await assertDenied(
      verifier.verify(await signToken(key)),
      "unavailable",
      "the API server cannot be asked about a token: the API server did not answer within 1.5 s",
    );
  });
});
