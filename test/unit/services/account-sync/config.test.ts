import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TestOperator } from "../../../../local/world/identity";
import { readConfig } from "../../../../services/account-sync/config";

describe("readConfig", () => {
  const operator = new TestOperator();
  const dir = mkdtempSync(join(tmpdir(), "account-sync-config-"));
  const credsFile = join(dir, "nats.creds");
  writeFileSync(credsFile, operator.accountSync().creds);
  after(() => rmSync(dir, { recursive: true }));

  const env = {
    PLATFORM_NAMESPACE: "nats",
    ACCOUNTS_NAMESPACE: "nats-accounts",
    TENANTS_NAMESPACE: "vrsky-tenants",
    POD_NAME: "account-sync-6f9-x2x",
    OPERATOR_JWT: operator.jwt,
    JETSTREAM: "true",
    CREDS_FILE: credsFile,
  };

  it("reads a complete environment", () => {
    const { trust, ...rest } = readConfig(env);
    assert.ok(trust.issuers.has(operator.signingKey.publicKey));
    assert.deepEqual(rest, {
      platformNamespace: "nats",
      accountsNamespace: "nats-accounts",
      tenantsNamespace: "vrsky-tenants",
      podName: "account-sync-6f9-x2x",
      listenAddress: undefined,
      jetstream: true,
      link: { credsFile },
    });
  });

  it("reads how to speak TLS to the platform", () => {
    const tls = { TLS_SERVER_NAME: "nats.nats.svc", TLS_CA_FILE: "/ca/ca.crt" };
    assert.deepEqual(readConfig({ ...env, ...tls }).link.tls, { serverName: "nats.nats.svc", caFile: "/ca/ca.crt" });
    assert.throws(
      () => readConfig({ ...env, TLS_CA_FILE: "/ca/ca.crt" }),
      /TLS_CA_FILE is set without TLS_SERVER_NAME/,
    );
  });

  it("names every mistake at once, and no secret", () => {
    const wrong = {
      ...env,
      PLATFORM_NAMESPACE: "Nats",
      LISTEN_ADDRESS: "here",
      POD_NAME: "",
      JETSTREAM: "yes",
      OPERATOR_JWT: "garbage",
      CREDS_FILE: "/nowhere",
    };
    assert.throws(
      () => readConfig(wrong),
      ({ message }: Error) =>
        [
          'PLATFORM_NAMESPACE is "Nats"',
          'LISTEN_ADDRESS is "here"',
          "POD_NAME is not set",
          'JETSTREAM is "yes"',
          "OPERATOR_JWT",
          "CREDS_FILE",
        ].every((part) => message.includes(part)) && !message.includes("garbage"),
    );
    writeFileSync(join(dir, "broken"), operator.accountSync().creds.replace("eyJ", "eyK"));
    assert.throws(
      () => readConfig({ ...env, CREDS_FILE: join(dir, "broken") }),
      ({ message }: Error) => message.includes("CREDS_FILE") && !/eyK|SU[A-Z2-7]{50}/.test(message),
    );
  });
});
