import assert from "node:assert/strict";
import { instanceConfig, restartDigest } from "../../../../components/tenant/nats-config";

const args = {
  operatorJwt: "operator.jwt",
  systemAccountId: "ASYS",
  systemAccountJwt: "sys.jwt",
  accountId: "AACME",
  accountJwt: "acme.jwt",
};

describe("nats.conf of an instance", () => {
  it("is core NATS in operator mode, with two accounts and room for no third", () => {
    assert.equal(
      instanceConfig(args),
      `server_name: $SERVER_NAME
port: 4222
http_port: 8222
pid_file: "/var/run/nats/nats.pid"
lame_duck_duration: "30s"
lame_duck_grace_period: "5s"
operator: operator.jwt
system_account: ASYS
resolver: { type: full, dir: "/data/resolver", allow_delete: true, interval: "2m", limit: 2 }
resolver_preload: {
  ASYS: sys.jwt
  AACME: acme.jwt
}
`,
    );
  });

  it("has a server restart for whatever it could not be told otherwise, and not for a new account JWT", () => {
    const digest = restartDigest(args);
    assert.match(digest, /^[0-9a-f]{64}$/);
    assert.equal(restartDigest({ ...args, accountJwt: "newer.jwt" }), digest);
    for (const key of ["operatorJwt", "systemAccountId", "systemAccountJwt", "accountId"] as const) {
      assert.notEqual(restartDigest({ ...args, [key]: "other" }), digest, key);
    }
  });
});
