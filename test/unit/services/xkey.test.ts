import assert from "node:assert/strict";
import { createCurve } from "@nats-io/nkeys";
import fc from "fast-check";
import { encodeKeyPair } from "../../../components/identity/nkey";
import { CurveKeys } from "../../../services/xkey";

/** A curve key as another implementation has it. */
const newCurve = () => {
  const curve = createCurve();
  return { curve, seed: Buffer.from(curve.getSeed()).toString(), publicKey: curve.getPublicKey() };
};

describe("curve keys", () => {
  const [former, current, next, foreign, server] = [newCurve(), newCurve(), newCurve(), newCurve(), newCurve()];
  const keys = new CurveKeys([former.seed, `${current.seed}\n`, next.seed]);
  const sealed = (text: string, recipient = current.publicKey) => server.curve.seal(Buffer.from(text), recipient);

  it("open what @nats-io/nkeys sealed to any of them, and answer by the same key", () => {
    for (const { publicKey } of [former, current, next]) {
      for (const text of ["a question", "", "x".repeat(100_000)]) {
        const opened = keys.open(sealed(text, publicKey), server.publicKey) ?? assert.fail();
        assert.equal(Buffer.from(opened.data).toString(), text);
        const answer = server.curve.open(opened.seal(Buffer.from(`answer to ${text}`)), publicKey);
        assert.equal(Buffer.from(answer ?? []).toString(), `answer to ${text}`);
      }
    }
  });

  it("never seal twice the same way", () => {
    const opened = keys.open(sealed("a question"), server.publicKey) ?? assert.fail();
    assert.notDeepEqual(opened.seal(Buffer.from("answer")), opened.seal(Buffer.from("answer")));
  });

  it("do not open what is for others, or says it is of another", () => {
    assert.equal(keys.open(sealed("a question", foreign.publicKey), server.publicKey), undefined);
    assert.equal(keys.open(sealed("a question"), foreign.publicKey), undefined);
  });

  it("do not open another version, or what is too short to be a message", () => {
    const message = sealed("a question");
    assert.equal(keys.open(Buffer.concat([Buffer.from("xkv2"), message.subarray(4)]), server.publicKey), undefined);
    for (let length = 0; length < 28 + 16; length++) {
      assert.equal(keys.open(message.subarray(0, length), server.publicKey), undefined, `${length} bytes`);
    }
  });

  for (const sender of ["", "X", "no key", encodeKeyPair("user", Buffer.alloc(32)).publicKey]) {
    it(`do not open what is of ${JSON.stringify(sender)}, and do not fail`, () => {
      assert.equal(keys.open(sealed("a question"), sender), undefined);
    });
  }

  it("do not open a seed for a sender's key", () => {
    assert.equal(keys.open(sealed("a question"), server.seed), undefined);
  });

  it("open no message with a bit that is another, and none made of any bytes", () => {
    const message = sealed("a question");
    for (let bit = 0; bit < message.length * 8; bit++) {
      const changed = Uint8Array.from(message);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      assert.equal(keys.open(changed, server.publicKey), undefined, `bit ${bit}`);
    }
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.boolean(), (bytes, versioned) => {
        const any = versioned ? Buffer.concat([Buffer.from("xkv1"), bytes]) : bytes;
        assert.equal(keys.open(any, server.publicKey), undefined);
      }),
    );
  });

  it("remember what two keys make together for a thousand servers at most", () => {
    const busy = new CurveKeys([current.seed]);
    const { shared } = busy as unknown as { shared: Map<string, Uint8Array[]> };
    for (let i = 0; i < 1_000; i++) shared.set(`server ${i}`, []);
    assert.ok(busy.open(sealed("a question"), server.publicKey));
    assert.equal(shared.size, 1);
    assert.ok(busy.open(sealed("a question"), server.publicKey));
    assert.equal(shared.size, 1);
  });

  it("are one at least, and curve keys; a seed is in no message", () => {
    assert.throws(() => new CurveKeys([]), /there is no seed of a curve key/);
    const account = encodeKeyPair("account", Buffer.alloc(32, 1)).seed;
    for (const wrong of [account, current.seed.slice(0, -1), `${current.seed.slice(0, -2)}AA`, "garbage"]) {
      assert.throws(
        () => new CurveKeys([current.seed, wrong]),
        (error: Error) => !error.message.includes(wrong) && /curve key/.test(error.message),
      );
    }
  });
});
