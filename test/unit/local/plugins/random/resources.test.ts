import assert from "node:assert/strict";
import { changedArgs, checkArgs } from "../../../../../local/plugins/random/provider";
import { type Properties, type RandomResource, resources } from "../../../../../local/plugins/random/resources";
import { uuidV7 } from "../../../../../local/plugins/random/uuid";
import { Unknown, type ValueMap } from "../../../../../local/plugins/rpc/values";

function resource(name: string): RandomResource {
  const found = resources[`random:index/${name.charAt(0).toLowerCase()}${name.slice(1)}:${name}`];
  assert.ok(found, name);
  return found;
}
const generate = (name: string, args: Properties): Properties =>
  resource(name).generate({ ...resource(name).defaults, ...args });
const wrong = (name: string, args: ValueMap): string =>
  checkArgs(resource(name), args)
    .map(({ property, reason }) => `${property} ${reason}`)
    .join("; ");

describe("plugins: random resources", () => {
  it("RandomBytes: as many as asked, in base64 and hex, both secret, and no part of them in the id", () => {
    const bytes = generate("RandomBytes", { length: 32 });
    const decoded = Buffer.from(String(bytes.base64), "base64");
    assert.equal(decoded.length, 32);
    assert.equal(bytes.hex, decoded.toString("hex"));
    assert.notDeepEqual(bytes, generate("RandomBytes", { length: 32 }));
    assert.deepEqual(resource("RandomBytes").secrets, ["base64", "hex"]);
    assert.equal(resource("RandomBytes").id(bytes), "none");
  });

  it("RandomId: four spellings of the same bytes, behind the prefix", () => {
    const id = generate("RandomId", { byteLength: 4, prefix: "p-" });
    const bytes = Buffer.from(String(id.hex).slice(2), "hex");
    assert.equal(bytes.length, 4);
    assert.equal(id.b64Url, `p-${bytes.toString("base64url")}`);
    assert.equal(id.b64Std, `p-${bytes.toString("base64")}`);
    assert.equal(id.dec, `p-${bytes.readUInt32BE()}`);
    assert.equal(resource("RandomId").id(id), bytes.toString("base64url"));
  });

  it("RandomInteger: within its bounds, both included", () => {
    const seen = new Set(Array.from({ length: 200 }, () => generate("RandomInteger", { min: -1, max: 1 }).result));
    assert.deepEqual([...seen].sort(), [-1, 0, 1]);
  });

  it("RandomPassword and RandomString: the kinds of characters asked for", () => {
    const text = (args: Properties): string => String(generate("RandomPassword", args).result);
    assert.equal(text({ length: 40 }).length, 40);
    assert.match(text({ length: 50, special: false, upper: false }), /^[a-z0-9]{50}$/);
    assert.match(text({ length: 50, special: false, upper: false, lower: false }), /^[0-9]{50}$/);
    assert.match(text({ length: 20, numeric: false, upper: false, lower: false, overrideSpecial: "_%" }), /^[_%]{20}$/);
    const demanding = text({ length: 4, minUpper: 1, minLower: 1, minNumeric: 1, minSpecial: 1 });
    for (const kind of [/[A-Z]/, /[a-z]/, /[0-9]/, /[^A-Za-z0-9]/]) assert.match(demanding, kind);
    assert.deepEqual([resource("RandomPassword").secrets, resource("RandomString").secrets], [["result"], []]);
    assert.equal(resource("RandomPassword").id({ result: "hunter2" }), "none");
  });

  it("RandomUuid: version 4; RandomUuid7: version 7, in order of time", () => {
    for (const name of ["RandomUuid", "RandomUuid4"]) {
      assert.match(
        String(generate(name, {}).result),
        /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
      );
    }
    const time = Date.parse("2026-01-02T03:04:05.678Z");
    const uuid = uuidV7(time);
    assert.match(uuid, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    assert.equal(Number.parseInt(uuid.replace("-", "").slice(0, 12), 16), time);
    assert.ok(uuidV7(time) < uuidV7(time + 1));
  });

  it("refuse wrong arguments", () => {
    assert.equal(wrong("RandomBytes", { length: 1 }), "");
    assert.equal(wrong("RandomBytes", { length: Unknown.value, keepers: { a: "b" } }), "");
    assert.match(wrong("RandomBytes", {}), /length is required/);
    assert.match(wrong("RandomBytes", { length: 0 }), /length must be at least 1; got 0/);
    assert.match(wrong("RandomBytes", { length: 1.5 }), /length must be of type integer; got 1.5/);
    assert.match(wrong("RandomBytes", { length: 1, size: 2 }), /size is not an argument; length, keepers are/);
    assert.match(wrong("RandomInteger", { min: 2, max: 1 }), /max the minimum \(2\) needs to be smaller/);
    assert.match(wrong("RandomInteger", { min: 1, max: 2, seed: "s" }), /official provider/);
    assert.match(wrong("RandomPassword", { length: 3, minUpper: 2, minLower: 2 }), /at least the sum .* 4; got 3/);
    assert.match(
      wrong("RandomPassword", { length: 3, special: false, upper: false, lower: false, number: false }),
      /at least one of/,
    );
    assert.match(wrong("RandomUuid7", { length: 3 }), /length is not an argument/);
  });

  it("are made anew for any changed argument, not for a default spelled out or keepers without values", () => {
    const changed = (olds: ValueMap, news: ValueMap): string[] => changedArgs(resource("RandomPassword"), olds, news);
    assert.deepEqual(changed({ length: 1 }, { length: 2 }), ["length"]);
    assert.deepEqual(changed({ length: 1, keepers: { a: "1" } }, { length: 1, keepers: { a: "2" } }), ["keepers"]);
    assert.deepEqual(changed({ length: 1 }, { length: 1, keepers: { a: "1" } }), ["keepers"]);
    assert.deepEqual(changed({ length: 1 }, { length: 1, special: true, minUpper: 0, keepers: { a: null } }), []);
  });

  it("can be imported, and refuse what they cannot have made", () => {
    const value = Buffer.from("0123456789abcdef");
    assert.deepEqual(resource("RandomBytes").import(value.toString("base64")), {
      args: { length: 16 },
      results: { base64: value.toString("base64"), hex: value.toString("hex") },
    });
    assert.deepEqual(resource("RandomId").import("my-,p-9hUg").args, { byteLength: 4, prefix: "my-" });
    assert.deepEqual(resource("RandomInteger").import("5,1,9"), { args: { min: 1, max: 9 }, results: { result: 5 } });
    assert.equal(resource("RandomPassword").import("abc").args.length, 3);
    for (const [name, id] of [
      ["RandomBytes", "not base64!"],
      ["RandomInteger", "5"],
      ["RandomUuid7", "x"],
      ["RandomId", "=="],
    ] as const) {
      assert.throws(() => resource(name).import(id), Error, `${name} ${id}`);
    }
  });
});
