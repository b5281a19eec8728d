import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { generateKeyPair, signingKeyWindow } from "../../../../components/identity/key-pair";
import { curveBytes, keyKind, signerFromSeed } from "../../../../components/identity/nkey";
import { FakeEngine, unwrap } from "./fake-engine";

const names = (resources: readonly { name: string }[]) => resources.map(({ name }) => name);

describe("signing keys around an epoch", () => {
  const windowAt = (engine: FakeEngine, epoch: number, kind: "account" | "curve" = "account") =>
    engine.up(() => signingKeyWindow("auth", kind, epoch, {}));

  it("are those of the epoch before, of it and after it, each with its seed, in the same order", async () => {
    const { result, resources } = await windowAt(new FakeEngine(), 3);
    assert.deepEqual(names(resources), ["auth-2", "auth-3", "auth-4"]);
    const seeds = await unwrap(result.seeds);
    assert.deepEqual(
      seeds.map((seed) => signerFromSeed(seed, "account").publicKey),
      await unwrap(result.publicKeys),
    );
    assert.equal(seeds[1], await unwrap(result.active.seed));
  });

  it("are two in the first epoch", async () => {
    const { result, resources } = await windowAt(new FakeEngine(), 1);
    assert.deepEqual(names(resources), ["auth-1", "auth-2"]);
    assert.equal((await unwrap(result.seeds))[0], await unwrap(result.active.seed));
  });

  it("stay the same keys from one epoch to the next", async () => {
    const engine = new FakeEngine();
    const [, second, third] = await unwrap((await windowAt(engine, 2)).result.seeds);
    assert.deepEqual((await unwrap((await windowAt(engine, 3)).result.seeds)).slice(0, 2), [second, third]);
  });

  it("are secret but for their public halves", async () => {
    const { result } = await windowAt(new FakeEngine(), 2);
    assert.equal(await pulumi.isSecret(result.seeds), true);
    assert.equal(await pulumi.isSecret(result.active.seed), true);
    assert.equal(await pulumi.isSecret(result.publicKeys), false);
  });

  it("may be curve keys", async () => {
    const { result } = await windowAt(new FakeEngine(), 1, "curve");
    assert.equal(keyKind(await unwrap(result.active.publicKey)), "curve");
    for (const seed of await unwrap(result.seeds)) assert.equal(curveBytes(seed).length, 32);
  });

  for (const epoch of [0, -1, 1.5, Number.NaN]) {
    it(`are refused for epoch ${epoch}`, () => {
      assert.throws(
        () => signingKeyWindow("auth", "account", epoch, {}),
        /epoch of auth is .*, it must be a whole number from 1/,
      );
    });
  }

  it("are keys of their own name and kind", async () => {
    const { result } = await new FakeEngine().up(() => [
      generateKeyPair("a", "account", {}),
      generateKeyPair("b", "account", {}),
    ]);
    const [one, other] = await Promise.all(result.map(({ publicKey }) => unwrap(publicKey)));
    assert.notEqual(one, other);
  });
});
