import assert from "node:assert/strict";
import type { V1Secret } from "@kubernetes/client-node";
import { type TestAccount, TestOperator } from "../../../../local/world/identity";
import { Accounts } from "../../../../services/account-sync/accounts";
import { readTrust } from "../../../../services/account-sync/trust";
import { createLog } from "../../../../services/log";

const operator = new TestOperator();
const base64 = (text: string) => Buffer.from(text).toString("base64");
let version = 0;

/** Secret of a tenant's account, as a new version of it. */
function secret(account: TestAccount, jwt: string, metadata: object = {}): V1Secret {
  version += 1;
  return {
    metadata: {
      name: `nats-account-${account.name}`,
      uid: account.name,
      resourceVersion: String(version),
      labels: { "nats-platform/account": account.name, "nats-platform/tenant": account.name.slice(7) },
      annotations: { "nats-platform/account-id": account.id },
      finalizers: ["nats-platform/account-sync"],
      ...metadata,
    },
    data: { "account.jwt": base64(jwt), "delete.jwt": base64(account.deleteJwt()) },
  };
}

function accounts() {
  const lines: string[] = [];
  const made = new Accounts(
    readTrust(operator.jwt),
    createLog((line) => lines.push(line)),
  );
  return { made, lines };
}

describe("Accounts", () => {
  const acme = operator.account("tenant-acme");
  const globex = operator.account("tenant-globex");
  const none = new Map();

  it("looks at everything at the start, but takes none of it for a change", () => {
    const { made } = accounts();
    assert.deepEqual(made.update([secret(acme, acme.jwt())], none), [acme.id]);
    assert.deepEqual([...made.changed], []);
    assert.equal(made.arrived(acme.id), undefined);
  });

  it("measures how long a change takes to arrive, once", () => {
    const { made } = accounts();
    made.update([], none);
    made.update([secret(acme, acme.jwt())], none);
    assert.deepEqual([...made.changed], [acme.id]);
    assert.ok((made.arrived(acme.id) ?? Number.NaN) >= 0);
    assert.equal(made.arrived(acme.id), undefined);
  });

  it("names what has changed, and groups accounts by tenant", () => {
    const { made } = accounts();
    const unchanged = secret(globex, globex.jwt());
    made.update([secret(acme, acme.jwt()), unchanged], none);
    assert.deepEqual(made.update([secret(acme, acme.jwt({ issuedAt: 1_800_000_000 })), unchanged], none), [acme.id]);
    assert.deepEqual([...made.ofTenant("globex").keys()], [globex.id]);
    assert.equal(made.ofTenant("nobody").size, 0);
  });

  it("remembers since when an account is to go", () => {
    const { made } = accounts();
    made.update([secret(acme, acme.jwt())], none);
    assert.equal(made.removedSince(acme.id), Number.POSITIVE_INFINITY);
    made.update([secret(acme, acme.jwt(), { deletionTimestamp: "2026-01-01T00:00:00Z" })], none);
    assert.ok(made.removedSince(acme.id) <= Date.now());
    made.update([secret(acme, acme.jwt())], none);
    assert.equal(made.removedSince(acme.id), Number.POSITIVE_INFINITY);
  });

  it("says once what is wrong with a Secret, and when it is mended", () => {
    const { made, lines } = accounts();
    const broken = secret(acme, "garbage");
    made.update([broken], none);
    made.update([broken], none);
    made.update([secret(acme, acme.jwt())], none);
    assert.deepEqual(
      lines.map((line) => JSON.parse(line).level),
      ["error", "info"],
    );
  });
});
