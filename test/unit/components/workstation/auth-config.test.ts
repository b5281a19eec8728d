import assert from "node:assert/strict";
import { jwtAuthConfig, staticAuthConfig } from "../../../../components/workstation/auth-config";

const jetstream = { memoryStorage: 1024, diskStorage: 2048 };
const account = { name: "NOETL", users: ["noetl", "gateway"], jetstream, buckets: [], streams: [] };

describe("who may log in at a workstation", () => {
  it("is every account by its JWT, all in the configuration, and nobody without a login", () => {
    assert.equal(
      jwtAuthConfig({ operatorJwt: "OPERATOR", systemAccountId: "ASYS", preload: { AB: "jwt-b", AA: "jwt-a" } }),
      "resolver: MEMORY\noperator: OPERATOR\nsystem_account: ASYS\nresolver_preload: {\n  AA: jwt-a\n  AB: jwt-b\n}\n",
    );
  });

  it("is every user by its name as password, with the limits of the accounts", () => {
    assert.equal(
      staticAuthConfig([account]),
      `system_account: "$SYS"
accounts: {
  $SYS: {
    users: [
      { user: "sys", password: "sys" }
    ]
  }
  NOETL: {
    jetstream: { max_mem: 1024, max_file: 2048, max_streams: 100, max_consumers: 1000 }
    limits: { max_connections: 1000, max_subscriptions: 10000, max_payload: 1048576, max_leafnodes: 0 }
    users: [
      { user: "noetl", password: "noetl" }
      { user: "gateway", password: "gateway" }
    ]
  }
}
`,
    );
  });
});
