import assert from "node:assert/strict";
import { authConfig } from "../../../../components/platform/server-config";

describe("identity of the servers", () => {
  it("names operator, system account, sentinel and every account, in one order whatever came in", () => {
    const config = { operatorJwt: "OPERATOR", systemAccountId: "ASYS", sentinelJwt: "SENTINEL" };
    const expected =
      "operator: OPERATOR\nsystem_account: ASYS\ndefault_sentinel: SENTINEL\nresolver_preload: {\n  AA: jwt-a\n  AB: jwt-b\n}\n";
    assert.equal(authConfig({ ...config, preload: { AA: "jwt-a", AB: "jwt-b" } }), expected);
    assert.equal(authConfig({ ...config, preload: { AB: "jwt-b", AA: "jwt-a" } }), expected);
  });
});
