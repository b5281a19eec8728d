import assert from "node:assert/strict";
import fc from "fast-check";
import { Decider } from "../../../../services/auth-callout/decide";
import { Denied } from "../../../../services/auth-callout/denied";
import { type LoginRequest, readRequest } from "../../../../services/auth-callout/nats/request";
import { type TokenIdentity, tokenIdentity } from "../../../../services/auth-callout/token/claims";
import { KeySet } from "../../../../services/auth-callout/token/key-set";
import { SignedTokens } from "../../../../services/auth-callout/token/signed";
import { admitted, HandlerHarness } from "./harness";
import { RecordedLog } from "./logs";
import { type Json, requestClaims, requestJwt } from "./requests";
import { audience, identityOf, issuer, published, signToken, type TokenKey, tokenClaims, tokenKey } from "./tokens";

/** Every path to a value of a JSON object, whole objects and lists among them. */
function pathsOf(value: unknown, path: readonly string[] = []): string[][] {
  const inner = typeof value === "object" && value !== null ? Object.entries(value) : [];
  return [...(path.length > 0 ? [[...path]] : []), ...inner.flatMap(([key, item]) => pathsOf(item, [...path, key]))];
}

/** A copy with another value there; undefined leaves it out. */
function withValue(value: Json, [key = "", ...rest]: readonly string[], replacement: unknown): Json {
  const inner = rest.length > 0 ? withValue(value[key] as Json, rest, replacement) : replacement;
  return Array.isArray(value)
    ? (value.map((item, index) => (String(index) === key ? inner : item)) as unknown as Json)
    : { ...value, [key]: inner };
}

/** What stands in JSON where something else is expected; texts that mean something here, and those that mean something to JavaScript. */
const confused = fc.oneof(
  fc.constantFrom<unknown>(undefined, null, true, false, 0, -1, 1.5, 1e308, "", " ", ">", "*", "__proto__", [], {}, [
    [],
  ]),
  fc.constantFrom<unknown>("nats", ["nats"], ["nats", "nats"], "user", "authorization_request", 2, "2", { length: 56 }),
  fc.constantFrom<unknown>(
    "system:serviceaccount:kube-system:admin",
    { name: "web", uid: "account-uid" },
    { toString: 1 },
  ),
  fc.jsonValue({ maxDepth: 3 }),
  fc.string({ unit: "binary", maxLength: 80 }),
);

/** A text of ASCII, changed somewhere: bits flipped, cut, or a piece of it, or of anything, put in. */
const mutated = (text: string) => {
  const at = fc.nat({ max: text.length });
  const flips = fc.array(fc.nat({ max: text.length * 8 - 1 }), { minLength: 1, maxLength: 3 });
  return fc.oneof(
    flips.map((bits) => {
      const bytes = Buffer.from(text, "latin1");
      for (const bit of bits) bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      return bytes.toString("latin1");
    }),
    fc.tuple(at, at).map(([from, to]) => text.slice(Math.min(from, to), Math.max(from, to))),
    fc.tuple(at, at, at).map(([into, from, to]) => text.slice(0, into) + text.slice(from, to) + text.slice(into)),
    fc.tuple(at, fc.string({ maxLength: 20 })).map(([into, piece]) => text.slice(0, into) + piece + text.slice(into)),
    fc.tuple(fc.constantFrom(0, 1, 2), fc.string({ maxLength: 40 })).map(([index, piece]) => {
      const parts = text.split(".");
      parts[index] = piece;
      return parts.join(".");
    }),
  );
};

describe("whatever is sent as a request", () => {
  const token = "canary-0123456789-abcdefghij";
  const claims = requestClaims(token);
  const jwt = requestJwt(claims);
  const untouched = readRequest(Buffer.from(jwt));
  const outcome = (data: Uint8Array): LoginRequest | undefined => {
    try {
      return readRequest(data);
    } catch (error) {
      assert.ok(error instanceof Error && /^the request /.test(error.message), `not one of ours: ${error}`);
      assert.ok(!error.message.includes(token));
      return undefined;
    }
  };

  it("is not read when it is any bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        assert.equal(outcome(bytes), undefined);
      }),
      { numRuns: 1_000 },
    );
  });

  it("is not read when it is changed on its way, or says the same", () => {
    fc.assert(
      fc.property(mutated(jwt), (text) => {
        const read = outcome(Buffer.from(text, "latin1"));
        if (read) assert.deepEqual(read, untouched);
      }),
      { numRuns: 1_000 },
    );
  });

  it("is read only as texts and keys when its server signs something of another type", () => {
    let readable = 0;
    fc.assert(
      fc.property(fc.constantFrom(...pathsOf(claims)), confused, (path, value) => {
        const read = outcome(Buffer.from(requestJwt(withValue(claims, path, value))));
        if (!read) return;
        readable += 1;
        // What decides who is let in is untouched, or plainly what was put there.
        const place = path.join(".");
        assert.equal(read.userKey, untouched.userKey);
        assert.equal(read.server.id, untouched.server.id);
        const ofToken = ["nats.connect_opts.auth_token", "nats.connect_opts", "nats"].includes(place);
        if (!ofToken) assert.equal(read.token, token);
        else if (read.token !== undefined) assert.ok(typeof read.token === "string" && read.token !== "");
        for (const text of [read.server.name, read.client.host, read.client.name]) assert.equal(typeof text, "string");
      }),
      { numRuns: 1_000 },
    );
    assert.ok(readable > 50, "some are read");
  });

  it("never has the handler throw, and is answered by a refusal at most, unless its token is good", async () => {
    const harness = new HandlerHarness(
      async (given) => {
        if (given !== token) throw new Denied("signature", "forged");
        return admitted;
      },
      () => true,
    );
    const { handler, server, publicKey } = harness;
    const sealedOf = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      mutated(jwt).map((text) => Buffer.from(text, "latin1")),
      fc
        .tuple(fc.constantFrom(...pathsOf(claims)), confused)
        .map(([path, value]) => Buffer.from(requestJwt(withValue(claims, path, value)))),
    );
    const key = fc.oneof(
      { weight: 6, arbitrary: fc.constant<string | undefined>(server.publicKey) },
      fc.string(),
      fc.constant(undefined),
    );
    let answers = 0;
    await fc.assert(
      fc.asyncProperty(sealedOf, key, fc.boolean(), async (data, serverKey, sealed) => {
        const answer = await handler.handle(sealed ? server.seal(data, publicKey) : data, serverKey);
        const read = sealed ? outcome(data) : undefined;
        if (!read || serverKey !== server.publicKey) return assert.equal(answer, undefined);
        answers += 1;
        const { nats } = JSON.parse(
          Buffer.from(server.open(answer ?? assert.fail(), publicKey).split(".")[1] ?? "", "base64url").toString(),
        );
        assert.equal(nats.jwt !== undefined, read.token === token);
        if (read.token !== token) assert.equal(nats.error, "signature");
      }),
      { numRuns: 300 },
    );
    assert.ok(answers > 10, "some are answered");
    harness.log.assertHoldsNothingOf([token]);
  });
});

describe("whatever is sent as a token", () => {
  let key: TokenKey;
  let keys: KeySet;
  let verifier: SignedTokens;
  const log = new RecordedLog();
  const claims = tokenClaims();
  const untouched = identityOf(claims);
  let token: string;

  before(async () => {
    key = await tokenKey("ES256", "one");
    keys = new KeySet(
      async () => published(key),
      log,
      () => {},
    );
    verifier = new SignedTokens(keys, { issuer, audience });
    token = await signToken(key, claims);
  });
  after(() => keys.stop());

  const outcome = async (attempt: () => Promise<TokenIdentity> | TokenIdentity): Promise<TokenIdentity | undefined> => {
    try {
      return await attempt();
    } catch (error) {
      assert.ok(error instanceof Denied, `not one of ours: ${error}`);
      assert.ok(!["internal", "unavailable"].includes(error.reason), error.reason);
      return undefined;
    }
  };

  it("is refused when it is any text", async () => {
    const part = fc.oneof(
      fc.string(),
      fc.json().map((text) => Buffer.from(text).toString("base64url")),
    );
    const text = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.tuple(part, part, part).map((parts) => parts.join(".")),
    );
    await fc.assert(
      fc.asyncProperty(text, async (any) => {
        assert.equal(await outcome(() => verifier.verify(any)), undefined);
      }),
      { numRuns: 500 },
    );
  });

  it("is refused when it is changed on its way, or says the same", async () => {
    await fc.assert(
      fc.asyncProperty(fc.gen(), async (gen) => {
        const identity = await outcome(() => verifier.verify(gen(mutated, token)));
        if (identity) assert.deepEqual(identity, untouched);
      }),
      { numRuns: 800 },
    );
  });

  it("is refused with any header but its own", async () => {
    const header = fc.dictionary(fc.constantFrom("alg", "kid", "typ", "jwk", "jku", "x5c", "crit", "b64"), confused);
    const [head, body, signature] = token.split(".");
    await fc.assert(
      fc.asyncProperty(header, async (any) => {
        const text = Buffer.from(JSON.stringify({ alg: "ES256", kid: "one", ...any })).toString("base64url");
        const identity = await outcome(() => verifier.verify(`${text}.${body}.${signature}`));
        assert.deepEqual(identity, text === head ? untouched : undefined);
      }),
      { numRuns: 300 },
    );
  });

  it("says nothing that it did not say, when one of its claims is of another type and the cluster signs it", async () => {
    let good = 0;
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...pathsOf(claims)), confused, async (path, value) => {
        const changed = withValue(claims as Json, path, value);
        const identity = await outcome(() => tokenIdentity(changed, audience));
        if (!identity) return;
        good += 1;
        const place = path.join(".");
        const { namespace, serviceAccount, pod, issuedAt, expiresAt } = identity;
        assert.deepEqual([namespace, serviceAccount.name], [untouched.namespace, untouched.serviceAccount.name]);
        // The uid is any text: it is looked for among those that there are.
        if (!place.includes("serviceaccount")) assert.equal(serviceAccount.uid, untouched.serviceAccount.uid);
        if (!place.startsWith("kubernetes.io")) assert.deepEqual(pod, untouched.pod);
        assert.ok(
          Number.isSafeInteger(issuedAt) && Number.isSafeInteger(expiresAt) && 0 < issuedAt && issuedAt < expiresAt,
        );
        assert.ok(changed.aud === audience || JSON.stringify(changed.aud) === JSON.stringify([audience]));
      }),
      { numRuns: 1_000 },
    );
    assert.ok(good > 20, "some are good");
  });

  it("lets in nobody whom the untouched one would not have let in, all the way through", async () => {
    const directory = {
      hasPod: (...pod: string[]) => pod.join(" ") === "shop web-1 pod-uid",
      serviceAccount: (...account: string[]) => (account.join(" ") === "shop web account-uid" ? {} : undefined),
      tenantOf: (namespace: string) => ({ shop: "acme" })[namespace],
      signerOf: () => ({ ...admitted, suspended: false }),
      until: async () => {},
    };
    const decider = new Decider(verifier, directory, { mapping: [], requirePod: true });
    let admissions = 0;
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...pathsOf(claims)), confused, async (path, value) => {
        const text = await signToken(key, withValue(claims as Json, path, value));
        try {
          const { name, tenant, publish } = await decider.decide(text);
          admissions += 1;
          assert.deepEqual([name, tenant, publish], ["shop/web/web-1", "acme", ["shop.>"]]);
        } catch (error) {
          if (!(error instanceof Denied)) throw error;
          assert.ok(!["internal", "unavailable"].includes(error.reason), error.reason);
        }
      }),
      { numRuns: 300 },
    );
    assert.ok(admissions > 5, "some are let in");
  });
});
