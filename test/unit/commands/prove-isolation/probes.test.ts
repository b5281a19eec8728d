import assert from "node:assert/strict";
import { parseAnswer } from "../../../../commands/prove-isolation/probes";

describe("parseAnswer", () => {
  it("reads an answer, and nothing else that a container may print", () => {
    const answer = { id: "login x", observed: "refused", detail: "Authorization Violation" };
    assert.deepEqual(parseAnswer(JSON.stringify(answer)), answer);
    for (const line of ["", "Segmentation fault", "null", "7", '{"id":1,"observed":"open"}', '{"level":"warn"}']) {
      assert.equal(parseAnswer(line), undefined, line);
    }
  });
});
