import assert from "node:assert/strict";
import fc from "fast-check";
import { signerFromSeed } from "../../../../components/identity/nkey";
import { connectionEnd, Decider, type Rules, tenantOf } from "../../../../services/auth-callout/decide";
import { type DenialReason, Denied } from "../../../../services/auth-callout/denied";
import type { AppSigner } from "../../../../services/auth-callout/kubernetes/app-signer";
import type { Directory } from "../../../../services/auth-callout/kubernetes/directory";
import type { TokenIdentity } from "../../../../services/auth-callout/token/claims";
import { testKey } from "../../components/identity/keys";
import { assertDenied } from "./tokens";

const issuedAt = 1_000;
const identity: TokenIdentity = {
  namespace: "shop",
  serviceAccount: { name: "web", uid: "account-uid" },
  pod: { name: "web-1", uid: "pod-uid" },
  issuedAt,
  expiresAt: issuedAt + 3_600,
};
const { pod: _, ...unbound } = identity;
const signers: Record<string, AppSigner> = Object.fromEntries(
  ["acme", "globex"].map((tenant) => [
    tenant,
    {
      accountId: testKey("account", tenant).publicKey,
      signer: signerFromSeed(testKey("account", `${tenant}-app`).seed),
      suspended: false,
      publish: ["orders.>"],
      subscribe: ["invoices.>"],
    },
  ]),
);

/** A cluster with namespace shop of tenant acme, its ServiceAccount web and pod web-1. */
class FakeDirectory implements Directory {
  pods = ["shop/web-1 pod-uid"];
  accounts: Record<string, Record<string, string>> = { "shop/web account-uid": {} };
  labels: Record<string, string> = { shop: "acme" };
  signers = { ...signers };
  waited: number[] = [];
  /** What is told while somebody waits. */
  told = () => {};

  hasPod = (namespace: string, name: string, uid: string) => this.pods.includes(`${namespace}/${name} ${uid}`);
  serviceAccount = (namespace: string, name: string, uid: string) => this.accounts[`${namespace}/${name} ${uid}`];
  tenantOf = (namespace: string) => this.labels[namespace];
  signerOf = (tenant: string) => this.signers[tenant];

  async until(condition: () => boolean, ms: number): Promise<void> {
    if (condition()) return;
    this.waited.push(ms);
    this.told();
  }
}

describe("who is let in", () => {
  let directory: FakeDirectory;
  let clock: number;
  beforeEach(() => {
    directory = new FakeDirectory();
    clock = issuedAt;
  });

  const decide = (
    rules: Partial<Rules> = {},
    verify: () => Promise<TokenIdentity> = async () => identity,
    token: string | undefined = "token",
  ) =>
    new Decider(
      { verify },
      directory,
      { mapping: [], requirePod: true, ...rules },
      () => clock * 1_000,
      () => 0.5,
    ).decide(token);

  it("is the bearer of a good token, as a user of its tenant's account", async () => {
    assert.deepEqual(await decide(), {
      tenant: "acme",
      name: "shop/web/web-1",
      accountId: signers.acme?.accountId,
      signer: signers.acme?.signer,
      publish: ["shop.>"],
      subscribe: ["shop.>", "_INBOX_APP.shop.web.>"],
      // Between 85 % of the token's life and its end, half-way.
      expiresAt: issuedAt + 3_330,
    });
  });

  it("may do what its ServiceAccount's annotations ask and its own tenant grants", async () => {
    directory.accounts["shop/web account-uid"] = {
      "nats.io/allowed-pub-subjects": "orders.new",
      "nats.io/allowed-sub-subjects": "invoices.paid,orders.new",
    };
    const { publish, subscribe } = await decide();
    assert.deepEqual(publish, ["shop.>", "orders.new"]);
    assert.deepEqual(subscribe, ["shop.>", "_INBOX_APP.shop.web.>", "invoices.paid"]);
  });

  it("need not be a pod where that is not required", async () => {
    directory.pods = [];
    assert.equal((await decide({ requirePod: false }, async () => unbound)).name, "shop/web");
    assert.deepEqual(directory.waited, []);
  });

  it("is not asked of the directory when the token is not good", async () => {
    const verify = () => Promise.reject(new Denied("expired", "the token has expired"));
    await assertDenied(decide({}, verify), "expired", "the token has expired");
    assert.deepEqual(directory.waited, []);
  });

  const refused: [string, (cluster: FakeDirectory) => void, DenialReason, string][] = [
    [
      "namespace of no tenant",
      (cluster) => (cluster.labels = {}),
      "no-tenant",
      "shop/web: no label of the namespace names a tenant",
    ],
    [
      "namespace of a tenant there is not",
      (cluster) => (cluster.labels = { shop: "initech" }),
      "tenant-unknown",
      "shop/web: there is no tenant initech",
    ],
    [
      "suspended tenant",
      (cluster) => (cluster.signers.acme = { ...(signers.acme as AppSigner), suspended: true }),
      "tenant-suspended",
      "shop/web: tenant acme is suspended",
    ],
    [
      "ServiceAccount that is gone",
      (cluster) => (cluster.accounts = {}),
      "service-account-gone",
      "shop/web: the ServiceAccount the token is for is not there any more",
    ],
    [
      "ServiceAccount that was made anew",
      (cluster) => (cluster.accounts = { "shop/web new-uid": {} }),
      "service-account-gone",
      "shop/web: the ServiceAccount the token is for is not there any more",
    ],
    [
      "pod that is gone",
      (cluster) => (cluster.pods = []),
      "pod-gone",
      "shop/web: pod web-1, which the token is for, is not there any more, or has no label nats-platform/client",
    ],
    [
      "pod that was made anew, as a StatefulSet's are",
      (cluster) => (cluster.pods = ["shop/web-1 new-uid"]),
      "pod-gone",
      "shop/web: pod web-1, which the token is for, is not there any more, or has no label nats-platform/client",
    ],
  ];
  for (const [what, change, reason, detail] of refused) {
    it(`is no ${what}`, async () => {
      change(directory);
      await assertDenied(decide(), reason, detail);
    });
  }

  it("is nobody without a token", async () => {
    const verify = () => assert.fail("there is nothing to verify");
    const decider = new Decider({ verify }, directory, { mapping: [], requirePod: false });
    await assertDenied(decider.decide(undefined), "no-token", "the client gave no token");
  });

  it("is no bearer of a token without a pod where one is required, which is said before anything is looked up", async () => {
    directory.accounts = {};
    await assertDenied(
      decide({}, async () => unbound),
      "unbound",
      "shop/web: the token is not bound to a pod",
    );
    assert.deepEqual(directory.waited, []);
  });

  it("is a pod that is there, even where a pod is not required", async () => {
    directory.pods = [];
    await assertDenied(
      decide({ requirePod: false }),
      "pod-gone",
      "shop/web: pod web-1, which the token is for, is not there any more, or has no label nats-platform/client",
    );
  });

  it("is waited for a second when the API server has not told yet", async () => {
    directory.pods = [];
    directory.told = () => (directory.pods = ["shop/web-1 pod-uid"]);
    assert.equal((await decide()).name, "shop/web/web-1");
    assert.deepEqual(directory.waited, [1_000]);
    directory.accounts = {};
    directory.told = () => (directory.accounts = { "shop/web account-uid": {} });
    assert.equal((await decide()).name, "shop/web/web-1");
    assert.deepEqual(directory.waited, [1_000, 1_000]);
  });

  it("is nobody whose token expires meanwhile", async () => {
    directory.pods = [];
    directory.told = () => {
      directory.pods = ["shop/web-1 pod-uid"];
      clock = identity.expiresAt;
    };
    await assertDenied(decide(), "expired", "shop/web: the token has expired");
  });

  it("is who the mapping says, before any label", async () => {
    const mapping = [
      { namespace: "shop", serviceAccount: "other", tenant: "initech" },
      { namespace: "shop", serviceAccount: "web", tenant: "globex" },
      { namespace: "shop", tenant: "acme" },
    ];
    const { tenant, accountId } = await decide({ mapping });
    assert.deepEqual([tenant, accountId], ["globex", signers.globex?.accountId]);
    directory.labels = {};
    assert.equal((await decide({ mapping: [{ namespace: "shop", tenant: "globex" }] })).tenant, "globex");
  });
});

describe("tenant of a ServiceAccount", () => {
  const directory = { tenantOf: (namespace: string) => (namespace === "shop" ? "acme" : undefined) };
  const web = { namespace: "shop", serviceAccount: "web" };

  it("is its namespace's without a mapping that fits", () => {
    assert.equal(tenantOf(web, [], directory), "acme");
    const others = [
      { namespace: "bank", tenant: "x" },
      { namespace: "bank", serviceAccount: "web", tenant: "x" },
      { namespace: "shop", serviceAccount: "admin", tenant: "x" },
    ];
    assert.equal(tenantOf(web, others, directory), "acme");
    assert.equal(tenantOf({ ...web, namespace: "nowhere" }, others, directory), undefined);
  });

  it("is that of the first mapping that fits", () => {
    const mapping = [
      { namespace: "shop", tenant: "first" },
      { namespace: "shop", serviceAccount: "web", tenant: "second" },
    ];
    assert.equal(tenantOf(web, mapping, directory), "first");
    assert.equal(tenantOf(web, [...mapping].reverse(), directory), "second");
  });
});

describe("end of a connection", () => {
  const token = fc
    .record({
      issued: fc.integer({ min: 1, max: 2_000_000_000 }),
      life: fc.integer({ min: 1, max: 100_000 }),
      share: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
    })
    .map(({ issued, life, share }) => ({
      token: { ...identity, issuedAt: issued, expiresAt: issued + life },
      now: issued + life * share,
    }))
    .filter(({ token: { expiresAt }, now }) => now < expiresAt);
  const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

  it("is a whole second, after now and never after the token", () => {
    fc.assert(
      fc.property(token, random, ({ token, now }, number) => {
        const end = connectionEnd(token, now, number);
        assert.ok(Number.isSafeInteger(end), `${end}`);
        assert.ok(end > now && end <= token.expiresAt, `${now} < ${end} <= ${token.expiresAt}`);
      }),
      { numRuns: 2_000 },
    );
  });

  it("is no earlier than 85 % of the token's life, when a newer token is there, but for what rounding takes", () => {
    fc.assert(
      fc.property(token, random, ({ token, now }, number) => {
        const { issuedAt, expiresAt } = token;
        assert.ok(connectionEnd(token, now, number) > issuedAt + (expiresAt - issuedAt) * 0.85 - 1);
      }),
    );
  });

  it("leaves half of what is left when the token is old", () => {
    const late = { ...identity, issuedAt: 0, expiresAt: 1_000 };
    assert.equal(connectionEnd(late, 980, 0), 990);
    assert.equal(connectionEnd(late, 999.5, 0.99), 1_000);
  });

  it("is spread evenly over what is left, so that a fleet does not come back at once", () => {
    const ends = Array.from({ length: 540 }, (_, index) => connectionEnd(identity, issuedAt, index / 540) - issuedAt);
    assert.deepEqual([ends[0], ends.at(-1)], [3_060, 3_599]);
    assert.equal(new Set(ends).size, 540);
  });
});
