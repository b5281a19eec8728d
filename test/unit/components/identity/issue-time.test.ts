import assert from "node:assert/strict";
import { IdentityError } from "../../../../components/identity/errors";
import { issueTime } from "../../../../components/identity/issue-time";

describe("issue time", () => {
  it("is the creation time of a UUIDv7 in seconds, rounded down", () => {
    // The example of RFC 9562, appendix A.6: 2022-02-22 19:22:22 UTC.
    assert.equal(issueTime("017F22E2-79B0-7CC3-98C4-DC0C0C07398F"), 1645557742);
    const late = (1_795_270_612_999).toString(16).padStart(12, "0");
    assert.equal(issueTime(`${late.slice(0, 8)}-${late.slice(8)}-7000-8000-000000000000`), 1_795_270_612);
  });

  it("refuses other UUIDs and other text", () => {
    for (const text of [
      "919108f7-52d1-4320-9bac-f847db4148a8",
      "017F22E279B07CC398C4DC0C0C07398F",
      "",
      "017F22E2-79B0-7CC3-C8C4-DC0C0C07398F",
    ]) {
      assert.throws(() => issueTime(text), IdentityError, text);
    }
  });
});
