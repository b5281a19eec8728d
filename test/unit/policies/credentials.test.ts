import assert from "node:assert/strict";
import { assignedCredentials, credentialIn, flagsWithCredentials } from "../../../policies/identity/credentials";

describe("credentials in a text", () => {
  /** Backtracking that starts again at every word takes longer than anybody waits: the test's timeout, not a figure, tells. */
  for (const part of ["a-", "a.", "--pass-", " -a", "a://", "nats://", '--pass="', "x=", '"', "{a"]) {
    it(`are looked for in 2 MB of ${JSON.stringify(part)} as in any other text`, function () {
      this.timeout(20_000);
      const text = part.repeat(2_000_000 / part.length);
      for (const look of [credentialIn, flagsWithCredentials, assignedCredentials]) look(text);
    });
  }

  it("are passwords in addresses of whatever scheme", () => {
    for (const address of ["nats://a:b@h", "postgres://u:p@db/x", "a+b.c://u:p@h", "see nats+tls://u:p@h."])
      assert.equal(credentialIn(address), "a text with a password in an address", address);
    for (const address of ["nats://h:4222", "http://h/a:b@c", "://u:p@h", "nats://u:$(PASS)@h"])
      assert.equal(credentialIn(address), undefined, address);
  });
});
