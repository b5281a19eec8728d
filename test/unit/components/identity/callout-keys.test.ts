import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { CalloutKeys } from "../../../../components/identity/callout-keys";
import { FakeEngine, unwrap } from "./fake-engine";
import { testKey } from "./keys";

const signing = testKey("account", "signing").seed;

async function make(signingSeed = signing, xkeySeeds = ["SXONE", "SXTWO"]) {
  const { result, resources } = await new FakeEngine().up(
    () => new CalloutKeys("keys", { namespace: "nats", signingSeed, xkeySeeds }),
  );
  return { keys: result, secrets: resources.filter(({ type }) => type.startsWith("kubernetes:")) };
}

/** What a secret input holds: mocks see it in Pulumi's envelope. */
const plain = (value: { value?: unknown }) => (value.value ?? value) as Record<string, unknown>;
const textsOf = (data: { value?: unknown }) =>
  Object.fromEntries(
    Object.entries(plain(data)).map(([key, text]) => [
      key,
      Buffer.from(String(typeof text === "object" ? plain(text as object) : text), "base64").toString(),
    ]),
  );

describe("CalloutKeys", () => {
  it("are two Secrets, one that signs and one that reads, and nothing else of one in the other", async () => {
    const { secrets } = await make();
    assert.deepEqual(
      secrets.map(({ inputs: { metadata, type, data } }) => [metadata.namespace, metadata.name, type, textsOf(data)]),
      [
        ["nats", "nats-auth-callout-signing", "Opaque", { "signing.seed": signing }],
        ["nats", "nats-auth-callout-xkey", "Opaque", { "xkey.seeds": "SXONE\nSXTWO\n" }],
      ],
    );
  });

  it("tell where they are, and a checksum that is no secret and changes with every key", async () => {
    const { keys } = await make();
    assert.equal(await unwrap(keys.signingSecret), "nats-auth-callout-signing");
    assert.equal(await unwrap(keys.xkeySecret), "nats-auth-callout-xkey");
    assert.equal(await pulumi.isSecret(keys.checksum), false);
    const checksums = await Promise.all(
      [
        await make(),
        await make(),
        await make("SAOTHER"),
        await make(signing, ["SXONE"]),
        await make(signing, ["SXTWO", "SXONE"]),
      ].map((made) => unwrap(made.keys.checksum)),
    );
    assert.match(checksums[0] ?? "", /^[0-9a-f]{64}$/);
    assert.equal(checksums[0], checksums[1]);
    assert.equal(new Set(checksums).size, 4);
  });

  it("are secret even when they come in the clear", async () => {
    const { secrets } = await make();
    for (const { inputs } of secrets) assert.match(JSON.stringify(inputs.data), /4dabf18193072939515e22adb298388d/);
  });
});
