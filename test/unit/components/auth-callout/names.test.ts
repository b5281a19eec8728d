import assert from "node:assert/strict";
import { appInboxPrefix, appSignerSecretName } from "../../../../components/auth-callout/names";

describe("names of the authorization callout", () => {
  it("are those of a tenant's Secret", () => {
    assert.equal(appSignerSecretName("acme"), "nats-app-signer-acme");
  });

  it("give a ServiceAccount an inbox prefix of one token", () => {
    assert.equal(appInboxPrefix("shop", "web"), "_INBOX_APP.shop.web");
    assert.equal(appInboxPrefix("shop", "a.b-c.d"), "_INBOX_APP.shop.a_b-c_d");
  });
});
