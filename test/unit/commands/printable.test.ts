import assert from "node:assert/strict";
import { requireKey } from "../../../commands/ctl/jetstream/show-kv";
import { printable } from "../../../commands/printable";

describe("text of somebody else's", () => {
  const text = "\u001b]0;owned\u0007\u001b[2Jhello\r\n\tä\u009b1m\u007f";

  it("cannot command a terminal, and is read as it is there", () => {
    assert.equal(printable(text, { isTTY: true }), "\\x1b]0;owned\\x07\\x1b[2Jhello\\x0d\n\tä\\x9b1m\\x7f");
  });

  it("is handed on unchanged to files and programs", () => {
    assert.equal(printable(text, {}), text);
  });
});

describe("keys of a bucket", () => {
  it("are not wildcards, which would show another's value", () => {
    for (const key of [">", "*", "a.*", "a.>", "a b"])
      assert.throws(() => requireKey(key), /is not a key: keys have no/);
    for (const key of ["user-1", "a.b/c=d_e"]) requireKey(key);
  });
});
