import assert from "node:assert/strict";
import { type AuthorizationResponse, type ClaimsData, decode, type User } from "@nats-io/jwt";
import { signerFromSeed } from "../../../../../components/identity/nkey";
import { admission, refusal } from "../../../../../services/auth-callout/nats/answer";
import { testKey } from "../../../components/identity/keys";
import { serverId, user } from "../requests";

const auth = testKey("account", "AUTH");
const authSigning = testKey("account", "AUTH signing");
const acme = testKey("account", "acme");
const acmeApp = testKey("account", "acme app");
const request = {
  userKey: user.publicKey,
  server: { id: serverId, name: "nats-0" },
  client: { host: "10.1.2.3", name: "web" },
  token: "the-token",
};
const answerer = { signer: signerFromSeed(authSigning.seed), accountId: auth.publicKey };
const admitted = {
  name: "shop/web/web-1",
  accountId: acme.publicKey,
  signer: signerFromSeed(acmeApp.seed),
  publish: ["shop.>", "Orders.New"],
  subscribe: ["shop.>", "_INBOX_APP.shop.web.>"],
  expiresAt: 1_003_600,
};

/** Decoded, and its signature checked, by the library of NATS. */
const read = <T>(jwt: Uint8Array | string) => decode<T>(Buffer.from(jwt).toString());
const withoutId = <T>({ jti, ...claims }: ClaimsData<T>) => {
  assert.match(jti, /^[A-Z2-7]{52}$/);
  return claims;
};

describe("an answer that lets in", () => {
  const answer = read<AuthorizationResponse>(admission(request, admitted, answerer, 1_000_000));
  const { jwt, ...response } = answer.nats;

  it("is of account AUTH by its signing key, for that server, about that user", () => {
    assert.deepEqual(withoutId({ ...answer, nats: response }), {
      aud: serverId,
      iat: 1_000_000,
      iss: authSigning.publicKey,
      sub: user.publicKey,
      nats: { issuer_account: auth.publicKey, type: "authorization_response", version: 2 },
    });
  });

  it("holds a user of the tenant's account by its key for apps, with subjects as tags and no permissions or limits of its own", () => {
    assert.deepEqual(withoutId(read<User>(jwt ?? "")), {
      exp: 1_003_600,
      iat: 1_000_000,
      iss: acmeApp.publicKey,
      name: "shop/web/web-1",
      sub: user.publicKey,
      nats: {
        pub: {},
        sub: {},
        issuer_account: acme.publicKey,
        tags: ["pub:shop.>", "pub:Orders.New", "sub:shop.>", "sub:_INBOX_APP.shop.web.>"],
        type: "user",
        version: 2,
      },
    });
  });

  it("is not given to a user whose connection would be over already, nor with tags that are none", () => {
    assert.throws(
      () => admission(request, { ...admitted, expiresAt: 1_000_000 }, answerer, 1_000_000),
      /whole seconds above 0/,
    );
    assert.throws(() => admission(request, { ...admitted, publish: ["a b"] }, answerer, 1_000_000), /tag "pub:a b"/);
    assert.throws(() => admission({ ...request, userKey: "U" }, admitted, answerer, 1_000_000), /publicKey/);
  });
});

describe("an answer that keeps out", () => {
  it("says the reason in a word, to that server about that user, and holds no user", () => {
    assert.deepEqual(withoutId(read<AuthorizationResponse>(refusal(request, "expired", answerer, 1_000_000))), {
      aud: serverId,
      iat: 1_000_000,
      iss: authSigning.publicKey,
      sub: user.publicKey,
      nats: { error: "expired", issuer_account: auth.publicKey, type: "authorization_response", version: 2 },
    });
  });
});
