import assert from "node:assert/strict";
import { readRequest } from "../../../../../services/auth-callout/nats/request";
import { testKey } from "../../../components/identity/keys";
import { type Json, requestClaims, requestJwt, serverId, user } from "../requests";

const token = "the-token-of-the-client";
const read = (jwt: string) => readRequest(Buffer.from(jwt));
const nats = (changes: Json): Json => ({ nats: { ...(requestClaims(token).nats as Json), ...changes } });
const inside = (field: string, changes: unknown): Json => {
  const claims = requestClaims(token).nats as Record<string, Json>;
  return nats({ [field]: { ...claims[field], ...(changes as Json) } });
};

describe("a server's request", () => {
  it("says who asks, on whose behalf, and with what", () => {
    assert.deepEqual(read(requestJwt(requestClaims(token))), {
      userKey: user.publicKey,
      server: { id: serverId, name: "nats-0" },
      client: { host: "10.1.2.3", name: "web" },
      token,
    });
  });

  it("may be without a token, and an empty one is none", () => {
    assert.equal(read(requestJwt(requestClaims(undefined))).token, undefined);
    assert.equal(read(requestJwt(requestClaims(""))).token, undefined);
  });

  it("may leave out what is for the log", () => {
    const claims = requestClaims(token, nats({ client_info: undefined }));
    assert.deepEqual(read(requestJwt(claims)).client, { host: "", name: "" });
  });

  it("holds no token where it is no text", () => {
    for (const odd of [1, true, null, {}, ["a"], { toString: "a" }]) {
      assert.equal(
        read(requestJwt(requestClaims(token, inside("connect_opts", { auth_token: odd })))).token,
        undefined,
      );
    }
    for (const odd of [1, null, "auth_token", []]) {
      assert.equal(read(requestJwt(requestClaims(token, nats({ connect_opts: odd })))).token, undefined);
    }
  });

  const unsound = "the request is no JWT of an authorization request, or its signature does not hold";
  const foreign = "the request is not of the server it names";
  const [head, body, signature] = requestJwt(requestClaims(token)).split(".");
  const other = requestJwt(requestClaims("another")).split(".")[1];
  const refused: [string, string, string][] = [
    ["nothing", "", unsound],
    ["garbage", "garbage", unsound],
    ["no signature", `${head}.${body}.`, unsound],
    ["two parts", `${head}.${body}`, unsound],
    ["the claims of another request", `${head}.${other}.${signature}`, unsound],
    ["another algorithm", requestJwt(requestClaims(token), { typ: "JWT", alg: "none" }), unsound],
    ["claims that are null", requestJwt(null), unsound],
    ["claims that are a list", requestJwt([]), unsound],
    ["no NATS claims", requestJwt(requestClaims(token, { nats: undefined })), unsound],
    ["another version", requestJwt(requestClaims(token, nats({ version: 1 }))), unsound],
    ["a JWT of a user", requestJwt(requestClaims(token, nats({ type: "user" }))), unsound],
    ["an answer", requestJwt(requestClaims(token, nats({ type: "authorization_response" }))), unsound],
    [
      "another's name for who signed",
      requestJwt(requestClaims(token, { iss: testKey("account", "x").publicKey })),
      unsound,
    ],
    ["nobody who signed", requestJwt(requestClaims(token, { iss: undefined })), unsound],
    ["another audience", requestJwt(requestClaims(token, { aud: "other" })), "the request is for another audience"],
    ["no audience", requestJwt(requestClaims(token, { aud: undefined })), "the request is for another audience"],
    [
      "an account's key for the user's",
      requestJwt(requestClaims(token, nats({ user_nkey: testKey("account", "x").publicKey }))),
      "the request has no user's key",
    ],
    [
      "no user's key",
      requestJwt(requestClaims(token, nats({ user_nkey: undefined }))),
      "the request has no user's key",
    ],
    [
      "a user's key that is a list",
      requestJwt(requestClaims(token, nats({ user_nkey: [user.publicKey] }))),
      "the request has no user's key",
    ],
    ["the id of no server", requestJwt(requestClaims(token, inside("server_id", { id: user.publicKey }))), foreign],
    ["no server", requestJwt(requestClaims(token, nats({ server_id: null }))), foreign],
  ];
  for (const [what, jwt, message] of refused) {
    it(`is not read with ${what}`, () => {
      assert.throws(() => read(jwt), { message });
    });
  }

  it("is not read when who signed it is no server, or another than it names", () => {
    // Signed by the server's key in the dress of a user's: the bytes are the same.
    const { publicKey } = testKey("user", "server");
    assert.throws(() => read(requestJwt(requestClaims(token, { iss: publicKey }))), { message: foreign });
    const both = { ...inside("server_id", { id: publicKey }), iss: publicKey };
    assert.throws(() => read(requestJwt(requestClaims(token, both))), { message: foreign });
  });

  it("is not read beyond 128 KiB", () => {
    const size = 128 * 1024;
    assert.throws(() => readRequest(Buffer.alloc(size + 1)), {
      message: `the request has ${size + 1} bytes, more than ${size}`,
    });
    assert.throws(() => readRequest(Buffer.alloc(size)), { message: unsound });
  });

  it("leaves nothing of itself in a message", () => {
    const named = requestJwt(requestClaims(token, { name: "a-secret" })).replace(/..$/, "");
    const typed = requestJwt(requestClaims(token, nats({ type: "a-secret" })));
    for (const jwt of [named, typed]) {
      assert.throws(
        () => read(jwt),
        ({ message }: Error) => !message.includes("a-secret"),
      );
    }
  });
});
