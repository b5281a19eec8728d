import assert from "node:assert/strict";
import { parseJson, writeJson } from "../../../../../commands/ctl/backup/lossless-json";

describe("JSON of servers that count in 64 bits", () => {
  it("is written as it was read", () => {
    const text =
      '{"a":9223372036854775807,"b":-9223372036854775808,"c":[9007199254740993,1],"d":"9223372036854775807","e":1.5,"f":{"g":null}}';
    assert.equal(writeJson(parseJson(text)), text);
    assert.deepEqual(parseJson('{"a":9223372036854775807}'), { a: 9223372036854775807n });
  });

  it("has numbers where they hold what is there", () => {
    assert.deepEqual(parseJson("[31536000000000000,9007199254740992,1e300,12]"), [
      31536000000000000,
      2 ** 53,
      1e300,
      12,
    ]);
    assert.equal(writeJson({ a: [1n] }, 2), '{\n  "a": [\n    1\n  ]\n}');
  });
});
