import assert from "node:assert/strict";
import { differences } from "../../../../commands/policy/differences";

describe("differences", () => {
  it("are the innermost fields that are otherwise", () => {
    const before = { a: { b: 1, c: [{ d: true }, { d: true }] }, same: [1] };
    const after = { a: { b: 2, c: [{ d: true }, { d: false }] }, same: [1] };
    assert.deepEqual(differences(before, after), [
      { path: "a.b", before: 1, after: 2 },
      { path: "a.c[1].d", before: true, after: false },
    ]);
  });

  it("are fields that are new or gone, however deep", () => {
    assert.deepEqual(differences({}, { a: { b: "x" } }), [{ path: "a.b", before: undefined, after: "x" }]);
    assert.deepEqual(differences({ a: 1, b: 2 }, { b: 2 }), [{ path: "a", before: 1, after: undefined }]);
  });

  it("are whole values where these are of another shape", () => {
    assert.deepEqual(differences({ a: [1] }, { a: [1, 2] }), [{ path: "a", before: [1], after: [1, 2] }]);
    assert.deepEqual(differences({ a: "x" }, { a: { b: 1 } }), [{ path: "a", before: "x", after: { b: 1 } }]);
    assert.deepEqual(differences({ a: null }, { a: { b: 1 } }), [{ path: "a", before: null, after: { b: 1 } }]);
  });

  it("are none between equals", () => assert.deepEqual(differences({ a: [{ b: null }] }, { a: [{ b: null }] }), []));
});
