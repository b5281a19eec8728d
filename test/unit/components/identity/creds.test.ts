import assert from "node:assert/strict";
import { parseCreds as parseWithLibrary } from "@nats-io/jwt";
import { credsAuthenticator } from "@nats-io/nats-core";
import { formatCreds, parseCreds } from "../../../../components/identity/creds";
import { IdentityError } from "../../../../components/identity/errors";
import reference from "./go-reference.json";
import { sha256, testKey } from "./keys";

const jwt = reference.userJwt;
const { seed } = testKey("user", "user");
const creds = formatCreds({ jwt, seed });

describe("creds", () => {
  it("are byte for byte what nsc writes", () => {
    assert.equal(sha256(creds), reference.credsDigest);
  });

  it("come back as they were, with line ends of either kind", () => {
    assert.deepEqual(parseCreds(formatCreds({ jwt, seed })), { jwt, seed });
    assert.deepEqual(parseCreds(formatCreds({ jwt, seed }).replaceAll("\n", "\r\n")), { jwt, seed });
  });

  it("are understood by the NATS clients", async () => {
    const bytes = Buffer.from(formatCreds({ jwt, seed }));
    const parsed = await parseWithLibrary(bytes);
    assert.deepEqual([parsed.jwt, parsed.key, parsed.aid], [jwt, seed, reference.keys.account.publicKey]);
    const auth = credsAuthenticator(bytes)("nonce") as { jwt: string; sig: string };
    assert.equal(auth.jwt, jwt);
    assert.ok(auth.sig.length > 0);
  });

  it("are refused if JWT and seed do not belong together, without showing either", () => {
    const other = testKey("user", "other").seed;
    const mixed = creds.replace(seed, other);
    for (const attempt of [() => formatCreds({ jwt, seed: other }), () => parseCreds(mixed)]) {
      assert.throws(
        attempt,
        (error: Error) =>
          error instanceof IdentityError &&
          /take both from the same user/.test(error.message) &&
          !error.message.includes(other) &&
          !error.message.includes(jwt),
      );
    }
  });

  it("are refused if a block is missing or the seed is not a user's", () => {
    assert.throws(() => parseCreds(""), /no user JWT or no seed/);
    assert.throws(() => parseCreds(creds.split("*****")[0] ?? ""), /no user JWT or no seed/);
    assert.throws(() => formatCreds({ jwt, seed: testKey("account", "account").seed }), /expected a seed of a user/);
  });
});
