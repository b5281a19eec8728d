import assert from "node:assert/strict";
import { createCurve, fromPublic, fromSeed } from "@nats-io/nkeys";
import { IdentityError } from "../../../../components/identity/errors";
import {
  curveBytes,
  encodeKeyPair,
  entropyOf,
  keyKind,
  publicKeyProblem,
  signerFromSeed,
  verifySignature,
} from "../../../../components/identity/nkey";
import reference from "./go-reference.json";
import { sha256, testKey } from "./keys";

const named = {
  operator: "operator",
  "operator-signing": "operator",
  account: "account",
  "account-signing": "account",
  "account-role": "account",
  user: "user",
} as const;

describe("nkeys", () => {
  for (const [name, kind] of Object.entries(named)) {
    it(`encodes key "${name}" as Go's nkeys does`, () => {
      const { seed, publicKey } = testKey(kind, name);
      assert.deepEqual({ seedDigest: sha256(seed), publicKey }, reference.keys[name as keyof typeof named]);
      assert.equal(signerFromSeed(seed).publicKey, publicKey);
      assert.equal(signerFromSeed(`  ${seed}\n`, kind).kind, kind);
    });
  }

  it("takes its 32 bytes from a random text of 43 characters or more", () => {
    const text = "0123456789012345678901234567890123456789abc";
    // The first bytes of `printf %s 01234... | sha256sum`.
    assert.equal(Buffer.from(entropyOf(text)).toString("hex").slice(0, 16), "0e4b324f2be32893");
    assert.notDeepEqual(entropyOf(`${text}d`), entropyOf(text));
    assert.throws(() => entropyOf(text.slice(1)), /has 42 characters, it must have 43 at least/);
  });

  it("refuses anything but 32 bytes", () => {
    assert.throws(() => encodeKeyPair("user", Buffer.alloc(31)), /entropy of user key has 31 bytes, it must have 32/);
    assert.throws(() => encodeKeyPair("user", Buffer.alloc(33)), IdentityError);
  });

  it("signs what @nats-io/nkeys verifies, and the same way every time", () => {
    const { seed, publicKey } = testKey("account", "signer");
    const data = Buffer.from("payload");
    const signature = signerFromSeed(seed).sign(data);
    assert.deepEqual(signature, signerFromSeed(seed).sign(data));
    assert.ok(fromPublic(publicKey).verify(data, signature));
    assert.deepEqual(Buffer.from(fromSeed(Buffer.from(seed)).sign(data)), signature);
  });

  it("verifies its own signatures and refuses changed data, other keys and rubbish", () => {
    const { seed, publicKey } = testKey("user", "verifier");
    const data = Buffer.from("payload");
    const signature = signerFromSeed(seed).sign(data);
    assert.equal(verifySignature(publicKey, data, signature), true);
    assert.equal(verifySignature(publicKey, Buffer.from("Payload"), signature), false);
    assert.equal(verifySignature(testKey("user", "other").publicKey, data, signature), false);
    assert.equal(verifySignature("no key", data, signature), false);
    assert.equal(verifySignature(publicKey, data, Buffer.alloc(3)), false);
    assert.equal(verifySignature(reference.keys.curve.publicKey, data, signature), false);
  });

  it("encodes a server's key, which verifies and has no signer here", () => {
    const { seed, publicKey } = encodeKeyPair("server", Buffer.alloc(32, 7));
    assert.equal(fromSeed(Buffer.from(seed)).getPublicKey(), publicKey);
    assert.equal(keyKind(publicKey), "server");
    const data = Buffer.from("question");
    assert.equal(verifySignature(publicKey, data, fromSeed(Buffer.from(seed)).sign(data)), true);
    assert.throws(() => signerFromSeed(seed), /is of kind other, expected a seed \(SO\.\.\., SA\.\.\. or SU\.\.\.\)/);
  });

  it("encodes a curve key as @nats-io/nkeys does, and reads the bytes of either half", () => {
    const curve = createCurve();
    const seed = Buffer.from(curve.getSeed()).toString();
    const bytes = Buffer.from(curveBytes(seed));
    assert.deepEqual(encodeKeyPair("curve", bytes), { seed, publicKey: curve.getPublicKey() });
    assert.equal(keyKind(curve.getPublicKey()), "curve");
    const pub = Buffer.from(curveBytes(` ${curve.getPublicKey()}\n`));
    assert.equal(pub.length, 32);
    assert.notDeepEqual(pub, bytes);
    assert.deepEqual(Buffer.from(curveBytes(`${seed}\n`)), bytes);
  });

  it("refuses bytes of what is no curve key, without showing it", () => {
    const { seed, publicKey } = testKey("account", "not a curve");
    const curve = Buffer.from(createCurve().getSeed()).toString();
    const cut = curve.slice(0, -1);
    for (const [wrong, message] of [
      [seed, /of another kind, expected a curve key \(X\.\.\.\) or its seed \(SX\.\.\.\)/],
      [publicKey, /malformed, expected a curve key/],
      [cut, /malformed/],
      ["", /malformed/],
    ] as const) {
      assert.throws(
        () => curveBytes(wrong),
        (error: Error) =>
          error instanceof IdentityError &&
          message.test(error.message) &&
          (wrong === "" || !error.message.includes(wrong)),
      );
    }
  });

  it("tells the kind of a public key, and that other text is none", () => {
    for (const [name, kind] of Object.entries({ ...named, curve: "curve" })) {
      assert.equal(keyKind(reference.keys[name as keyof typeof reference.keys].publicKey), kind);
    }
    const { seed, publicKey } = testKey("account", "kind");
    assert.equal(keyKind(seed), undefined);
    assert.equal(keyKind(publicKey.slice(1)), undefined);
    assert.equal(keyKind(`${publicKey}A`), undefined);
    assert.equal(keyKind(publicKey.toLowerCase()), undefined);
    assert.equal(keyKind(`A${publicKey.slice(1, -1)}${publicKey.endsWith("A") ? "B" : "A"}`), undefined);
    assert.equal(keyKind(""), undefined);
  });

  it("explains a wrong public key, and never shows what may be secret", () => {
    const account = testKey("account", "explained");
    assert.equal(publicKeyProblem("key", "account", account.publicKey), undefined);
    assert.match(
      publicKeyProblem("key", "account", "ABC") ?? "",
      /^key is "ABC"; it must be the public key of an account \(56 char/,
    );
    assert.match(publicKeyProblem("key", "user", account.publicKey) ?? "", /starts with U/);
    for (const secret of [account.seed, ` ${account.seed}`, reference.userJwt]) {
      const problem = publicKeyProblem("key", "account", secret) ?? "";
      assert.match(problem, /^key is another text, not shown/);
      assert.ok(!problem.includes(secret.trim()));
    }
  });

  it("refuses malformed seeds and those of another kind without showing them", () => {
    const { seed } = testKey("user", "secret");
    const changed = `${seed.slice(0, -1)}${seed.endsWith("A") ? "B" : "A"}`;
    for (const wrong of [changed, seed.slice(0, 20), "", "SU???", testKey("user", "secret").publicKey]) {
      assert.throws(
        () => signerFromSeed(wrong),
        (error: Error) => error instanceof IdentityError && (wrong === "" || !error.message.includes(wrong)),
      );
    }
    assert.throws(
      () => signerFromSeed(seed, "operator"),
      /is of kind user, expected a seed of an operator \(SO\.\.\.\)/,
    );
    assert.throws(() => signerFromSeed(Buffer.from(createCurve().getSeed()).toString()), /is of kind other/);
  });
});
