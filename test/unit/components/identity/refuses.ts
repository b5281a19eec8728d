import assert from "node:assert/strict";
import { IdentityError } from "../../../../components/identity/errors";

/** Every case must be refused with that text in the message. */
export function refuses(cases: readonly (readonly [string, () => unknown, RegExp])[]): void {
  for (const [title, attempt, message] of cases) {
    it(`refuses ${title}`, () => {
      assert.throws(attempt, (error: Error) => {
        assert.ok(error instanceof IdentityError, String(error));
        assert.match(error.message, message);
        return true;
      });
    });
  }
}
