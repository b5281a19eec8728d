import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createCurve } from "@nats-io/nkeys";
import { TestOperator } from "../../../../local/world/identity";
import { readConfig } from "../../../../services/auth-callout/config";
import { testKey } from "../../components/identity/keys";

describe("environment of the authorization callout", () => {
  const dir = mkdtempSync(join(tmpdir(), "auth-callout-config-"));
  after(() => rmSync(dir, { recursive: true }));
  const file = (name: string, text: string) => {
    writeFileSync(join(dir, name), text);
    return join(dir, name);
  };
  const newXkey = () => {
    const curve = createCurve();
    return { curve, seed: Buffer.from(curve.getSeed()).toString(), publicKey: curve.getPublicKey() };
  };
  const [former, current] = [newXkey(), newXkey()];
  const { creds } = new TestOperator().accountSync();
  const signing = testKey("account", "signing");
  const env = {
    CALLOUT_NAMESPACE: "nats-callout",
    AUDIENCE: "nats",
    VERIFICATION: "jwks",
    REQUIRE_POD: "true",
    MAPPING: "[]",
    ACCOUNT_ID: testKey("account", "AUTH").publicKey,
    SIGNING_FILE: file("signing.seed", `${signing.seed}\n`),
    XKEY_FILE: file("xkey.seeds", `${former.seed}\n${current.seed}\n`),
    NATS_URL: "nats://nats.nats.svc.cluster.local:4222",
    CREDS_FILE: file("nats.creds", creds),
  };

  it("is read when it is complete", () => {
    const { signer, curveKeys, ...rest } = readConfig(env);
    assert.equal(signer.publicKey, signing.publicKey);
    for (const { publicKey } of [former, current]) {
      assert.ok(curveKeys.open(current.curve.seal(Buffer.from("question"), publicKey), current.publicKey));
    }
    assert.deepEqual(rest, {
      calloutNamespace: "nats-callout",
      audience: "nats",
      verification: "jwks",
      requirePod: true,
      mapping: [],
      accountId: env.ACCOUNT_ID,
      link: { url: env.NATS_URL, credsFile: env.CREDS_FILE },
    });
  });

  it("says more where more is set", () => {
    const mapping = [
      { namespace: "shop", tenant: "acme" },
      { namespace: "shop", serviceAccount: "web", tenant: "acme" },
    ];
    const {
      signer: _,
      curveKeys: __,
      ...rest
    } = readConfig({
      ...env,
      ISSUER: "https://issuer.example",
      VERIFICATION: "token-review",
      REQUIRE_POD: "false",
      MAPPING: JSON.stringify(mapping),
      NATS_URL: "tls://nats:4222",
      TLS_CA_FILE: "/ca/ca.crt",
      LISTEN_ADDRESS: "127.0.0.1",
    });
    assert.deepEqual(rest, {
      calloutNamespace: "nats-callout",
      audience: "nats",
      issuer: "https://issuer.example",
      verification: "token-review",
      requirePod: false,
      mapping,
      accountId: env.ACCOUNT_ID,
      link: { url: "tls://nats:4222", credsFile: env.CREDS_FILE, caFile: "/ca/ca.crt" },
      listenAddress: "127.0.0.1",
    });
  });

  it("is wrong with every variable that is missing", () => {
    assert.throws(
      () => readConfig({}),
      ({ message }: Error) => Object.keys(env).every((name) => message.includes(`${name} is not set: it must be `)),
    );
  });

  const wrong: [keyof typeof env, string, RegExp][] = [
    ["CALLOUT_NAMESPACE", "Nats", /^CALLOUT_NAMESPACE is "Nats": it must be the name of a namespace$/],
    ["CALLOUT_NAMESPACE", "a/../b", /^CALLOUT_NAMESPACE is/],
    ["AUDIENCE", "nats other", /^AUDIENCE is "nats other": it must be the audience of tokens, such as nats$/],
    ["VERIFICATION", "none", /^VERIFICATION is "none": it must be jwks or token-review$/],
    ["REQUIRE_POD", "yes", /^REQUIRE_POD is "yes": it must be true or false$/],
    ["MAPPING", "{", /^MAPPING .*: it must be a JSON list of \{namespace, serviceAccount\?, tenant\}$/],
    ["MAPPING", "{}", /^MAPPING is another text: it must be/],
    ["MAPPING", "[null]", /^MAPPING is another text/],
    ["MAPPING", '[{"namespace":"shop"}]', /^MAPPING is another text/],
    ["MAPPING", '[{"tenant":"acme"}]', /^MAPPING is another text/],
    ["MAPPING", '[{"namespace":"shop","serviceAccount":1,"tenant":"acme"}]', /^MAPPING is another text/],
    [
      "ACCOUNT_ID",
      testKey("user", "u").publicKey,
      /^ACCOUNT_ID is no public key of an account: it must be the public key of account AUTH$/,
    ],
    [
      "SIGNING_FILE",
      "/nowhere",
      /^SIGNING_FILE ENOENT.*: it must be a file with the seed of a signing key of account AUTH$/,
    ],
    [
      "SIGNING_FILE",
      file("user.seed", testKey("user", "u").seed),
      /^SIGNING_FILE the seed given is of kind user, expected a seed of an account/,
    ],
    ["SIGNING_FILE", file("cut.seed", signing.seed.slice(0, -1)), /^SIGNING_FILE the seed given is malformed/],
    [
      "XKEY_FILE",
      file("empty.seeds", "\n"),
      /^XKEY_FILE there is no seed of a curve key \(SX\.\.\.\): it must be a file with seeds/,
    ],
    [
      "XKEY_FILE",
      file("wrong.seeds", `${current.seed}\n${signing.seed}`),
      /^XKEY_FILE the seed given is of another kind/,
    ],
    [
      "NATS_URL",
      "http://nats",
      /^NATS_URL is "http:\/\/nats": it must be the URL of the platform, nats:\/\/ or tls:\/\/$/,
    ],
    ["CREDS_FILE", "/nowhere", /^CREDS_FILE ENOENT/],
    ["CREDS_FILE", file("broken.creds", creds.replace("eyJ", "eyK")), /^CREDS_FILE /],
  ];
  const problem = (changes: Record<string, string>): string => {
    try {
      readConfig({ ...env, ...changes });
    } catch (error) {
      return (error as Error).message.replace(/^the environment is wrong: /, "");
    }
    return assert.fail("it was taken");
  };
  for (const [name, value, message] of wrong) {
    it(`is wrong with ${name}: ${message.source.slice(0, 60)}`, () => {
      const found = problem({ [name]: value });
      assert.match(found, message);
      for (const secret of [signing.seed, current.seed, ...creds.split("\n")]) {
        assert.ok(secret.length < 40 || !found.includes(secret.slice(0, -2)));
      }
    });
  }

  it("is wrong with an address that is none", () => {
    assert.equal(problem({ LISTEN_ADDRESS: "here" }), 'LISTEN_ADDRESS is "here": it must be an address of this pod');
  });

  it("is told every mistake at once, and shows no secret that stands in the wrong place", () => {
    const message = problem({
      AUDIENCE: "",
      ACCOUNT_ID: signing.seed,
      REQUIRE_POD: "1",
      LISTEN_ADDRESS: "x",
      XKEY_FILE: env.SIGNING_FILE,
    });
    assert.deepEqual(
      message.split("; ").map((text) => text.split(" ")[0]),
      ["AUDIENCE", "REQUIRE_POD", "ACCOUNT_ID", "XKEY_FILE", "LISTEN_ADDRESS"],
    );
    assert.doesNotMatch(message, /S[ANOUX][A-Z2-7]{20}/);
  });
});
