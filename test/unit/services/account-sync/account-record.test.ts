import assert from "node:assert/strict";
import type { V1Secret } from "@kubernetes/client-node";
import { newKey, TestOperator } from "../../../../local/world/identity";
import { readAccountRecord } from "../../../../services/account-sync/account-record";
import { readTrust } from "../../../../services/account-sync/trust";

const operator = new TestOperator();
const trust = readTrust(operator.jwt);
const account = operator.account("tenant-acme");
const base64 = (text: string) => Buffer.from(text).toString("base64");

/** A sound Secret of a tenant's account, with changes. */
function secret(metadata: Record<string, unknown> = {}, data: Record<string, string> = {}): V1Secret {
  return {
    metadata: {
      name: "nats-account-tenant-acme",
      uid: "uid-1",
      labels: { "nats-platform/account": "tenant-acme", "nats-platform/tenant": "acme" },
      annotations: { "nats-platform/account-id": account.id },
      finalizers: ["somebody/else", "nats-platform/account-sync"],
      creationTimestamp: new Date("2026-01-01T00:00:00Z"),
      ...metadata,
    },
    data: { "account.jwt": base64(account.jwt()), "delete.jwt": base64(account.deleteJwt()), ...data },
  } as V1Secret;
}

const read = (of: V1Secret) => readAccountRecord(of, trust);

describe("readAccountRecord", () => {
  it("reads a sound Secret", () => {
    const { jwt, ...rest } = read(secret());
    assert.equal(jwt?.id, account.id);
    assert.deepEqual(rest, {
      account: "tenant-acme",
      secret: "nats-account-tenant-acme",
      uid: "uid-1",
      id: account.id,
      tenant: "acme",
      createdAt: Date.parse("2026-01-01T00:00:00Z"),
      deleting: false,
      finalizer: 1,
    });
  });

  it("reads times as a watch gives them, too", () => {
    const record = read(
      secret({ creationTimestamp: "2026-01-01T00:00:00Z", deletionTimestamp: "2026-01-02T00:00:00Z" }),
    );
    assert.equal(record.createdAt, Date.parse("2026-01-01T00:00:00Z"));
    assert.equal(record.deleting, true);
  });

  it("reads an account of the platform, which has no order to delete it", () => {
    const metadata = { labels: { "nats-platform/account": "PLATFORM" }, finalizers: undefined };
    const record = read({ ...secret(metadata), data: { "account.jwt": base64(account.jwt()) } });
    assert.ok(record.jwt, record.problem);
    assert.equal(record.tenant, undefined);
    assert.equal(record.finalizer, -1);
  });

  const mistakes: Record<string, { of: V1Secret; problem: RegExp }> = {
    "no JWT": { of: { ...secret(), data: {} }, problem: /key account\.jwt is missing/ },
    "no id": { of: secret({ annotations: {} }), problem: /annotation nats-platform\/account-id is missing/ },
    garbage: { of: secret({}, { "account.jwt": base64("garbage") }), problem: /key account\.jwt: .*not a NATS JWT/ },
    "another account's JWT": {
      of: secret({}, { "account.jwt": base64(operator.account("tenant-acme").jwt()) }),
      problem: /holds the JWT of account A\w+, annotation .* says A\w+/,
    },
    "an account of another name": {
      of: secret({ labels: { "nats-platform/account": "tenant-other", "nats-platform/tenant": "other" } }),
      problem: /an account called "tenant-acme", label nats-platform\/account says "tenant-other"/,
    },
    "a stranger's JWT": {
      of: secret({}, { "account.jwt": base64(account.jwt({ signer: newKey("operator") })) }),
      problem: /does not let sign accounts/,
    },
  };

  for (const [what, { of, problem }] of Object.entries(mistakes)) {
    it(`says what is wrong with ${what}`, () => {
      const record = read(of);
      assert.equal(record.jwt, undefined);
      assert.match(record.problem ?? "", problem);
    });
  }

  const deleted = { deletionTimestamp: "2026-01-02T00:00:00Z" };

  it("reads the order to delete of a Secret that is being deleted", () => {
    assert.ok(read(secret(deleted)).deleteJwt);
  });

  it("says what is wrong with the order to delete", () => {
    const other = base64(operator.account("other").deleteJwt());
    assert.match(read(secret(deleted, { "delete.jwt": other })).deleteProblem ?? "", /not about account/);
    const none = { ...secret(deleted), data: { "account.jwt": base64(account.jwt()) } };
    assert.match(read(none).deleteProblem ?? "", /delete\.jwt is missing/);
  });
});
