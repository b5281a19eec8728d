import assert from "node:assert/strict";
import { NatsMap, type NatsValue, NatsVariable, readNatsConfig } from "../../../policies/kernel/nats-config";
import { chartObjects } from "./support/platform";

/** As plain values, the last of each key. */
function plain(value: NatsValue | undefined): unknown {
  if (value instanceof NatsVariable) return `variable ${value.name}`;
  if (value instanceof NatsMap) return Object.fromEntries(value.entries.map(({ key, value: of }) => [key, plain(of)]));
  return Array.isArray(value) ? value.map(plain) : value;
}

const read = (text: string) => plain(readNatsConfig(text));

describe("a NATS configuration", () => {
  it("is keys and values, however they are kept apart", () => {
    assert.deepEqual(read("a: 1\nb = 2\nc 3\nd:4;e=5,f 6"), { a: 1, b: 2, c: 3, d: 4, e: 5, f: 6 });
    assert.deepEqual(read("a {b: 1}\nc: { d = [1, 2\n 3] }"), { a: { b: 1 }, c: { d: [1, 2, 3] } });
    assert.deepEqual(read("key\n  value"), { key: "value" });
    assert.deepEqual(read("map { key:\n value }"), { map: { key: "value" } });
  });

  it("is what the chart writes", () => {
    for (const name of ["core", "dev", "tls", "more-memory", "prod"]) {
      const found = chartObjects(name).find(({ type }) => type === "kubernetes:core/v1:ConfigMap");
      const config = read((found?.props as { data: Record<string, string> }).data["nats.conf"] ?? "");
      const { port, jetstream } = config as { port: number; jetstream?: object };
      assert.equal(port, 4222);
      if (name === "prod") {
        assert.deepEqual(jetstream, {
          max_file_store: 100 * 2 ** 30,
          max_memory_store: 2 * 2 ** 30,
          store_dir: "/data",
        });
      }
    }
  });

  it("is JSON, too", () => {
    const json = { a: { b: [1, "x", true, { c: "d" }], "e f": "g: h" }, n: -1 };
    assert.deepEqual(read(JSON.stringify(json)), json);
    assert.deepEqual(read(JSON.stringify(json, undefined, 2)), json);
  });

  it("has comments, of which nothing is read", () => {
    assert.deepEqual(read("# a: 1\n// b: 2\nc: 3 # d: 4\ne: { // f: 5 }\n g: 6 }"), { c: 3, e: { g: 6 } });
    assert.deepEqual(read("url: nats://host#part"), { url: "nats://host#part" });
  });

  it("has texts in three kinds of quotes, and without", () => {
    assert.deepEqual(read(`a: 'it # "is"', b: "x\\ty\\x41\\"", c: bare-text.x:1`), {
      a: 'it # "is"',
      b: 'x\tyA"',
      c: "bare-text.x:1",
    });
    assert.deepEqual(read("a: (\n  x: 1\n  y: 2\n)\nb: 2"), { a: "\n  x: 1\n  y: 2", b: 2 });
  });

  it("has numbers with units, and switches", () => {
    assert.deepEqual(read("a: 1k, b: 1Ki, c: 2MB, d: 10Gi, e: -1, f: 1.5, g: 127.0.0.1"), {
      a: 1000,
      b: 1024,
      c: 2 * 1024 ** 2,
      d: 10 * 1024 ** 3,
      e: -1,
      f: 1.5,
      g: "127.0.0.1",
    });
    assert.deepEqual(read("a: true, b: off, c: Yes"), { a: true, b: false, c: true });
  });

  it("has variables, which stand for what is said before, in the nearest map", () => {
    assert.deepEqual(read("A: 1\nb { A: 2, c: $A }\nd: $A\ne: $NOWHERE"), {
      a: 1,
      b: { a: 2, c: 2 },
      d: 1,
      e: "variable NOWHERE",
    });
    assert.deepEqual(read("password: $2a$11$abc"), { password: "$2a$11$abc" });
  });

  it("includes other files, which are not read", () => {
    const config = readNatsConfig("include ../auth.conf;\nINCLUDE 'a b.conf'\ninclude: x\nm { include \"c.conf\" }");
    assert.deepEqual(config.includes, ["../auth.conf", "a b.conf"]);
    assert.deepEqual(plain(config), { include: "x", m: {} });
  });

  it("keeps each entry of a key, compared without regard to case", () => {
    const config = readNatsConfig("Resolver: MEM\nresolver: { type: full }\nother: { RESOLVER: x }");
    assert.deepEqual(
      config.everything().map(({ path }) => path.join(".")),
      ["resolver", "resolver", "resolver.type", "other", "other.resolver"],
    );
    assert.equal(config.all("resolver").length, 2);
  });

  it("is read as far as a text is one, and no text stops the reader", () => {
    assert.deepEqual(read("config:\n  merge:\n    no_auth_user: x\n"), {
      config: undefined,
      merge: undefined,
      no_auth_user: "x",
    });
    assert.deepEqual(read("a: 1\0b: 2"), { a: 1 });
    for (const text of [
      "",
      "}",
      "{",
      "a",
      "a:",
      '"',
      "a: [",
      "a: {",
      "]]}}",
      ":=:",
      "a: 'b",
      "[".repeat(5000),
      "a: {".repeat(5000),
    ]) {
      assert.doesNotThrow(() => readNatsConfig(text), text.slice(0, 10));
    }
    assert.equal(readNatsConfig(`x: ${"{a: ".repeat(1000)}1${"}".repeat(1000)}\nlast: 1`).has("last"), true);
  });
});
