import assert from "node:assert/strict";
import type { JWTPayload } from "jose";
import { type DenialReason, Denied } from "../../../../../services/auth-callout/denied";
import { tokenIdentity } from "../../../../../services/auth-callout/token/claims";
import { audience, identityOf, tokenClaims } from "../tokens";

const kubernetes = (changes: object) => ({
  "kubernetes.io": { ...(tokenClaims()["kubernetes.io"] as object), ...changes },
});
const renamed = (name: string) => ({
  sub: `system:serviceaccount:shop:${name}`,
  ...kubernetes({ serviceaccount: { name, uid: "account-uid" } }),
});

describe("claims of a token", () => {
  it("say whose it is, of which pod, and until when", () => {
    const claims = tokenClaims();
    assert.deepEqual(tokenIdentity(claims, audience), identityOf(claims));
    assert.deepEqual(tokenIdentity({ ...claims, aud: audience }, audience), identityOf(claims));
  });

  it("name no pod where there is none", () => {
    const { pod: _, ...unbound } = identityOf();
    const claims = tokenClaims(kubernetes({ pod: undefined }));
    assert.deepEqual(
      { ...tokenIdentity(claims, audience), issuedAt: 0, expiresAt: 0 },
      { ...unbound, issuedAt: 0, expiresAt: 0 },
    );
  });

  for (const name of ["a", "a.b-c.9", "a".repeat(253)]) {
    it(`may be of a ServiceAccount called ${name.slice(0, 10)} (${name.length} characters)`, () => {
      assert.equal(tokenIdentity(tokenClaims(renamed(name)), audience).serviceAccount.name, name);
    });
  }

  const audienceText = "the token is not for nats alone";
  const times = "the token does not say when it was issued and expires";
  const account = "the token is not one of a ServiceAccount";
  const subject = "the token's subject is not its ServiceAccount";
  const refused: [string, JWTPayload, DenialReason, string][] = [
    ["no audience", { aud: undefined }, "audience", audienceText],
    ["an empty list of audiences", { aud: [] }, "audience", audienceText],
    ["another audience", { aud: ["other"] }, "audience", audienceText],
    ["two audiences", { aud: [audience, "https://kubernetes.default.svc"] }, "audience", audienceText],
    ["the audience twice", { aud: [audience, audience] }, "audience", audienceText],
    ["an audience that begins like it", { aud: ["nats2"] }, "audience", audienceText],
    ["no time of issue", { iat: undefined }, "malformed", times],
    ["a time of issue that is text", { iat: "1" as never }, "malformed", times],
    ["a time of issue before 1970", { iat: -1 }, "malformed", times],
    ["no time of issue but 0", { iat: 0 }, "malformed", times],
    ["no end", { exp: undefined }, "malformed", times],
    ["half a second", { exp: 2_000_000_000.5 }, "malformed", times],
    ["an end before 1970", { exp: -1 }, "malformed", times],
    ["an end that is no number", { exp: Number.POSITIVE_INFINITY }, "malformed", times],
    ["an end before its issue", { iat: 2_000_000_001, exp: 2_000_000_000 }, "malformed", times],
    ["no life at all", { iat: 2_000_000_000, exp: 2_000_000_000 }, "malformed", times],
    ["nothing of Kubernetes", { "kubernetes.io": undefined }, "malformed", account],
    ["text in place of what Kubernetes says", { "kubernetes.io": "shop" }, "malformed", account],
    ["null in place of what Kubernetes says", { "kubernetes.io": null }, "malformed", account],
    ["no namespace", kubernetes({ namespace: undefined }), "malformed", account],
    ["a namespace that is a list", kubernetes({ namespace: ["shop"] }), "malformed", account],
    ["a namespace with a wildcard", kubernetes({ namespace: ">" }), "malformed", account],
    [
      "a namespace with a dot",
      { ...kubernetes({ namespace: "a.b" }), sub: "system:serviceaccount:a.b:web" },
      "malformed",
      account,
    ],
    [
      "a namespace in upper case",
      { ...kubernetes({ namespace: "Shop" }), sub: "system:serviceaccount:Shop:web" },
      "malformed",
      account,
    ],
    [
      "an empty namespace",
      { ...kubernetes({ namespace: "" }), sub: "system:serviceaccount::web" },
      "malformed",
      account,
    ],
    [
      "a namespace of 64 characters",
      { ...kubernetes({ namespace: "a".repeat(64) }), sub: `system:serviceaccount:${"a".repeat(64)}:web` },
      "malformed",
      account,
    ],
    ["no ServiceAccount", kubernetes({ serviceaccount: undefined }), "malformed", account],
    ["a ServiceAccount without a name", kubernetes({ serviceaccount: { uid: "account-uid" } }), "malformed", account],
    ["a ServiceAccount without a uid", kubernetes({ serviceaccount: { name: "web" } }), "malformed", account],
    [
      "a ServiceAccount with an empty uid",
      kubernetes({ serviceaccount: { name: "web", uid: "" } }),
      "malformed",
      account,
    ],
    [
      "a ServiceAccount whose uid is a number",
      kubernetes({ serviceaccount: { name: "web", uid: 1 } }),
      "malformed",
      account,
    ],
    ["a ServiceAccount called *", renamed("*"), "malformed", account],
    ["a ServiceAccount with an underscore", renamed("a_b"), "malformed", account],
    ["a ServiceAccount with a line end", renamed("web\n"), "malformed", account],
    ["a ServiceAccount of 254 characters", renamed("a".repeat(254)), "malformed", account],
    ["a pod that is null", kubernetes({ pod: null }), "malformed", account],
    ["a pod that is text", kubernetes({ pod: "web-1" }), "malformed", account],
    ["a pod without a uid", kubernetes({ pod: { name: "web-1" } }), "malformed", account],
    ["a pod with an odd name", kubernetes({ pod: { name: "web 1", uid: "pod-uid" } }), "malformed", account],
    ["no subject", { sub: undefined }, "malformed", subject],
    ["another ServiceAccount's subject", { sub: "system:serviceaccount:shop:admin" }, "malformed", subject],
    ["another namespace's subject", { sub: "system:serviceaccount:bank:web" }, "malformed", subject],
    ["the subject of a person", { sub: "web" }, "malformed", subject],
  ];
  for (const [what, changes, reason, detail] of refused) {
    it(`are refused with ${what}`, () => {
      assert.throws(
        () => tokenIdentity(tokenClaims(changes), audience),
        (error) => {
          assert.ok(error instanceof Denied, String(error));
          assert.deepEqual([error.reason, error.message], [reason, detail]);
          return true;
        },
      );
    });
  }
});
