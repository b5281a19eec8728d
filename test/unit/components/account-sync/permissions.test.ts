import assert from "node:assert/strict";
import { permissions } from "../../../../components/account-sync/permissions";

describe("what account-sync may do in Kubernetes", () => {
  const rules = Object.values(permissions).flat();

  it("has no wildcard and deletes nothing", () => {
    const text = JSON.stringify(rules);
    assert.doesNotMatch(text, /"\*"|delete/);
  });

  it("reads Secrets in the accounts' namespace only, and creates none", () => {
    assert.doesNotMatch(JSON.stringify([permissions.platform, permissions.tenants]), /secrets/);
    const verbs = permissions.accounts.flatMap((rule) => rule.verbs);
    assert.ok(!verbs.includes("create") && !verbs.includes("update"));
  });

  it("only looks at pods", () => {
    const pods = rules.filter(({ resources }) => resources.includes("pods"));
    assert.deepEqual(
      pods.map(({ verbs }) => verbs),
      [
        ["list", "watch"],
        ["list", "watch"],
      ],
    );
  });
});
