import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { diffPrincipals } from "../../../../commands/permission-diff/nats/diff";
import { principalsOf } from "../../../../commands/permission-diff/nats/principals";
import type { AppFacts, SideFacts } from "../../../../commands/permission-diff/program/facts";
import { type AccountClaimsArgs, accountClaims } from "../../../../components/identity/claims/account";
import { operatorClaims } from "../../../../components/identity/claims/operator";
import { type UserClaimsArgs, userClaims } from "../../../../components/identity/claims/user";
import { encodeJwt, type Validity } from "../../../../components/identity/jwt";
import { encodeKeyPair, type SigningKind, signerFromSeed } from "../../../../components/identity/nkey";

/** A key that follows from a name. */
function key(kind: SigningKind, name: string) {
  const { publicKey, seed } = encodeKeyPair(kind, createHash("sha256").update(name).digest());
  return { publicKey, signer: signerFromSeed(seed) };
}

const [operator, account, signing] = [key("operator", "o"), key("account", "a"), key("account", "s")];
const [workers, admins, user] = [key("account", "w"), key("account", "x"), key("user", "u")];
const unlimited = {
  subscriptions: -1,
  data: -1,
  payload: -1,
  imports: -1,
  exports: -1,
  connections: -1,
  leafNodes: -1,
};
const limits = { ...unlimited, wildcardExports: true, disallowBearer: false };
const allow = (...subjects: string[]) => ({ publish: { allow: subjects }, subscribe: { allow: subjects } });

const role = (name: string, { publicKey }: typeof workers, ...subjects: string[]) => {
  return { publicKey, role: name, access: { permissions: allow(...subjects) } };
};
const roles = [role("worker", workers, "work.>"), role("admin", admins, ">")];

function accountJwt(changes: Partial<AccountClaimsArgs> = {}): string {
  const args = {
    name: "T",
    publicKey: account.publicKey,
    limits,
    signingKeys: [signing.publicKey],
    scopedSigningKeys: roles,
    ...changes,
  };
  return encodeJwt(accountClaims(args), operator.signer, { issuedAt: 1 });
}
function userJwt(access: UserClaimsArgs["access"], by = signing, validity: Partial<Validity> = {}): string {
  const claims = userClaims({ name: "bob", publicKey: user.publicKey, accountId: account.publicKey, access });
  return encodeJwt(claims, by.signer, { issuedAt: 1, ...validity });
}

/** One side with these JWTs in a Secret each, and these apps. */
function side(jwts: readonly string[], apps: readonly AppFacts[] = []): SideFacts {
  const resources = jwts.map((jwt, index) => ({
    type: "kubernetes:core/v1:Secret",
    name: `secret-${index}`,
    inputs: {
      metadata: { name: `secret-${index}` },
      data: { "a.jwt": Buffer.from(`--\n${jwt}\n--`).toString("base64") },
    },
  }));
  return { stacks: [{ name: "dev", environment: "dev", resources }], apps, gaps: [], policies: {} };
}
function diff(before: SideFacts, after: SideFacts): string[] {
  const { changes, presences } = diffPrincipals(principalsOf(before), principalsOf(after));
  return [
    ...changes.map(({ effect, who, what, before: was, after: is }) => `${effect}: ${who}: ${what}: ${was} → ${is}`),
    ...presences.map(({ side: of, who, what }) => `${of}: ${who}: ${what}`),
  ];
}
const accounts = (changes: Partial<AccountClaimsArgs>, from: Partial<AccountClaimsArgs> = {}) =>
  diff(side([accountJwt(from)]), side([accountJwt(changes)]));

describe("what NATS' principals gain and lose", () => {
  it("is nothing where JWTs only are issued anew", () => {
    assert.deepEqual(diff(side([userJwt("role", workers)]), side([userJwt("role", workers, { issuedAt: 9 })])), []);
  });

  it("is who signs: an account's keys without a role, an operator's", () => {
    const more = [signing.publicKey, admins.publicKey];
    assert.deepEqual(accounts({ signingKeys: more, scopedSigningKeys: [] }, { scopedSigningKeys: [] }), [
      `widens: account T: signing keys of no role, which sign any user: ${signing.publicKey} → ${more.join(", ")}`,
    ]);
    const operatorSide = (...signers: (typeof operator)[]) => {
      const claims = operatorClaims({
        name: "O",
        publicKey: operator.publicKey,
        signingKeys: signers.map(({ publicKey }) => publicKey),
        systemAccountId: account.publicKey,
        minimumServerVersion: "2.14.0",
      });
      return side([encodeJwt(claims, operator.signer, { issuedAt: 1 })]);
    };
    const [one, stranger] = [key("operator", "one"), key("operator", "stranger")];
    assert.deepEqual(diff(operatorSide(one), operatorSide(one, stranger)), [
      `widens: operator O: signing keys, which sign any account: ${one.publicKey} → ${one.publicKey}, ${stranger.publicKey}`,
    ]);
  });

  it("is an account's limits, JetStream, exports and refusals", () => {
    assert.deepEqual(accounts({ limits: { ...limits, connections: 5 } }), [
      "narrows: account T: limit conn: unlimited → 5",
    ]);
    assert.deepEqual(accounts({ limits: { ...limits, connections: 9 } }, { limits: { ...limits, connections: 5 } }), [
      "widens: account T: limit conn: 5 → 9",
    ]);
    assert.deepEqual(accounts({}, { limits: { ...limits, disallowBearer: true } }), [
      "widens: account T: bearer users refused: yes → no",
    ]);
    const jetstream = { memoryStorage: 0, diskStorage: 10 };
    assert.ok(accounts({ jetstream }).includes("widens: account T: limit disk_storage: 0 → 10"));
    const exported = { name: "x", subject: "x", type: "service" as const };
    assert.match(
      accounts({ exports: [exported] }).join(),
      /^widens: account T: exports: none → subject=x type=service/,
    );
    assert.deepEqual(accounts({}, { revocations: { [user.publicKey]: 5 } }), [
      `widens: account T: refused users, by key: ${user.publicKey} → none`,
    ]);
  });

  it("is a role's subjects, once, whatever users have it", () => {
    const changed = {
      scopedSigningKeys: [role("worker", workers, "work.>", "more"), roles[1] ?? role("admin", admins)],
    };
    const who = "widens: account T, role worker:";
    const users = [userJwt("role", workers)];
    assert.deepEqual(diff(side([accountJwt(), ...users]), side([accountJwt(changed), ...users])), [
      `${who} publish more: nothing → more`,
      `${who} subscribe more: nothing → more`,
    ]);
  });

  it("is what a role denies no more of what its users' tags name; and what the callout need not name any more", () => {
    const app = (allowed: string, ...deny: string[]) => {
      const publish = { allow: [allowed], deny };
      const access = { permissions: { publish, subscribe: { allow: ["x"] } } };
      return { scopedSigningKeys: [{ publicKey: workers.publicKey, role: "app", access }] };
    };
    assert.deepEqual(accounts(app("{{tag(pub)}}", "a.>"), app("{{tag(pub)}}", "a.>", "$SYS.>")), [
      "widens: account T, role app: publish $SYS.>: {{tag(pub)}} except $SYS.> → {{tag(pub)}}",
    ]);
    assert.deepEqual(accounts(app(">", "a.>"), app("{{tag(pub)}}", "a.>")), [
      "widens: account T, role app: publish >: {{tag(pub)}} except a.> → > except a.>",
    ]);
  });

  it("is what another role gives a user", () => {
    const [was, is] = [userJwt("role", workers), userJwt("role", admins)];
    assert.deepEqual(diff(side([accountJwt(), was]), side([accountJwt(), is])), [
      "widens: account T, user bob: publish >: work.> → >",
      "widens: account T, user bob: subscribe >: work.> → >",
    ]);
  });

  it("is what a user's own JWT says: connections, networks, life, answers", () => {
    const of = (access: object, validity?: Partial<Validity>) =>
      side([accountJwt(), userJwt({ permissions: allow("a"), ...access }, signing, validity)]);
    const who = "account T, user bob:";
    assert.deepEqual(diff(of({ allowedConnectionTypes: ["STANDARD"] }), of({})), [
      `widens: ${who} connection types: STANDARD → any`,
    ]);
    assert.deepEqual(diff(of({}), of({ limits: { src: ["10.0.0.0/8"] } })), [
      `narrows: ${who} networks it may come from: any → 10.0.0.0/8`,
    ]);
    assert.deepEqual(diff(of({}, { ttlSeconds: 60 }), of({})), [`widens: ${who} life of its creds: 60 s → for ever`]);
    assert.deepEqual(diff(of({ bearer: true }), of({})), [`narrows: ${who} bearer (needs no key): yes → no`]);
    const responses = { max: 1, ttlSeconds: 1 };
    assert.deepEqual(diff(of({}), of({ permissions: { ...allow("a"), responses } })), [
      `widens: ${who} answers to a message, to any reply subject: 0 → 1`,
      `widens: ${who} time to answer (ns): 0 → 1000000000`,
    ]);
  });

  it("is a ServiceAccount's subjects; a new one is told with what it may do", () => {
    const app = (publish: string[], serviceAccount = "web"): AppFacts => {
      return {
        stack: "dev",
        tenant: "t",
        tenantStack: "dev",
        namespace: "apps",
        serviceAccount,
        publish,
        subscribe: ["apps.>"],
      };
    };
    assert.deepEqual(diff(side([], [app(["apps.>"])]), side([], [app(["apps.>", "apps.x", "shared"])])), [
      "widens: ServiceAccount apps/web (tenant t): publish shared: nothing → shared",
    ]);
    assert.deepEqual(diff(side([], [app(["a"])]), side([], [app(["a"]), app(["b"], "new")])), [
      "new: ServiceAccount apps/new (tenant t): publish b; subscribe apps.>",
    ]);
  });

  it("is also of a second JWT of the same name, which does not hide the first", () => {
    const narrow = accountJwt({ limits: { ...limits, connections: 5 } });
    const [only, both] = [side([narrow]), side([narrow, accountJwt(), narrow])];
    for (const lines of [diff(only, both), diff(only, side([accountJwt(), narrow]))]) {
      assert.match(lines.join("\n"), /account T \(number 2 of that name\)|account T: limit conn: 5 → unlimited/);
    }
    assert.deepEqual(diff(both, both), []);
  });

  it("takes no JWT whose signature does not hold", () => {
    assert.deepEqual(principalsOf(side([`${accountJwt().slice(0, -4)}AAAA`])), []);
  });
});
