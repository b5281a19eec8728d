import assert from "node:assert/strict";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import {
  containsSecret,
  containsUnknown,
  decodeProperties,
  deepEqual,
  encodeProperties,
  Secret,
  stripSecrets,
  Unknown,
  type ValueMap,
} from "../../../../../local/plugins/rpc/values";

const signature = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";
const outputSignature = "d0e6a833031e9bbcd3f4e8bde6ca49a4";
const decode = (properties: object): ValueMap =>
  decodeProperties(Struct.fromJavaScript(properties as Record<string, never>));

describe("plugins: property values", () => {
  it("are what the engine sent, there and back", () => {
    const values = {
      text: "a",
      number: 1.5,
      list: [true, null, { x: "y" }],
      hidden: new Secret({ k: ["v"] }),
      later: Unknown.value,
    };
    assert.deepEqual(decodeProperties(encodeProperties(values)), values);
    assert.deepEqual(encodeProperties({ s: new Secret("v") }).toJavaScript(), {
      s: { [signature]: secretSignature, value: "v" },
    });
    assert.deepEqual(decodeProperties(undefined), {});
  });

  it("take secrets within secrets for one, and outputs for what they hold", () => {
    const inner = { [signature]: secretSignature, value: "v" };
    assert.deepEqual(decode({ s: { [signature]: secretSignature, value: inner } }), { s: new Secret("v") });
    assert.deepEqual(decode({ o: { [signature]: outputSignature, value: "v", secret: true } }), { o: new Secret("v") });
    assert.deepEqual(decode({ o: { [signature]: outputSignature, secret: false } }), { o: Unknown.value });
    assert.deepEqual(encodeProperties({ s: new Secret([new Secret("v")]) }).toJavaScript(), {
      s: { [signature]: secretSignature, value: ["v"] },
    });
  });

  it("know whether secrets or unknowns are in them", () => {
    const [hidden, later] = [{ a: [{ b: new Secret("v") }] }, { a: [new Secret({ b: Unknown.value })] }];
    assert.ok(containsSecret(hidden) && containsUnknown(later));
    assert.ok(!containsUnknown(hidden) && !containsSecret({ a: "v" }));
    assert.deepEqual(stripSecrets(hidden), { a: [{ b: "v" }] });
  });

  it("are equal when they are the same JSON", () => {
    assert.ok(deepEqual({ a: [1, { b: null }], c: "d" }, { c: "d", a: [1, { b: null }] }));
    for (const other of [{ a: 1, b: null }, { a: "1" }, { a: [1] }, {}])
      assert.ok(!deepEqual({ a: 1 }, other), JSON.stringify(other));
    assert.ok(!deepEqual([1, 2], [1]) && !deepEqual({ a: 1 }, [1]) && !deepEqual(null, {}));
  });
});
