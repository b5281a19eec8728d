import assert from "node:assert/strict";
import { keptEpochs, refusedEpochs, revocationsOf } from "../../../../components/tenant/user-epochs";

describe("epochs of a tenant's user", () => {
  const cases: [string, Parameters<typeof refusedEpochs>[0], number[]][] = [
    ["a user at its beginning", { epoch: 1, retiredEpoch: 0, revoked: false }, []],
    ["creds that overlap", { epoch: 3, retiredEpoch: 1, revoked: false }, [1]],
    ["creds of which only the newest are good", { epoch: 3, retiredEpoch: 2, revoked: false }, [1, 2]],
    ["a revoked user", { epoch: 3, retiredEpoch: 1, revoked: true }, [1, 2, 3]],
  ];
  for (const [name, user, refused] of cases) {
    it(`refuse the right ones of ${name}, and keep the keys of all`, () => {
      assert.deepEqual(refusedEpochs(user), refused);
      assert.deepEqual(
        keptEpochs(user),
        Array.from({ length: user.epoch }, (_, index) => index + 1),
      );
    });
  }

  it("revoke a key whenever its JWT was issued, always in the same words", () => {
    const revocations = revocationsOf(["UA", "UB"]);
    assert.deepEqual(revocations, revocationsOf(["UA", "UB"]));
    for (const time of Object.values(revocations)) assert.ok(time > Date.parse("9999-01-01") / 1000);
  });
});
