import assert from "node:assert/strict";
import { operatorClaims } from "../../../../components/identity/claims/operator";
import { everything, type Permissions } from "../../../../components/identity/claims/permissions";
import { type UserClaimsArgs, userClaims } from "../../../../components/identity/claims/user";
import { testKey } from "./keys";
import { refuses } from "./refuses";

const account = testKey("account", "account").publicKey;
const user = testKey("user", "user").publicKey;
const operator = testKey("operator", "operator").publicKey;

const userArgs: UserClaimsArgs = {
  name: "U",
  publicKey: user,
  accountId: account,
  access: { permissions: everything },
};
const operatorArgs = {
  name: "O",
  publicKey: operator,
  signingKeys: [testKey("operator", "signing").publicKey],
  systemAccountId: account,
  minimumServerVersion: "2.14.0",
};

// biome-ignore lint/suspicious/noExplicitAny: tests look at whatever is there
const userNats = (changed: Partial<UserClaimsArgs> = {}): any =>
  JSON.parse(JSON.stringify(userClaims({ ...userArgs, ...changed }).nats));
const withPermissions = (permissions: Permissions) => userNats({ access: { permissions } });

describe("user claims", () => {
  it("write every limit", () => {
    assert.deepEqual(userNats(), {
      pub: { allow: [">"] },
      sub: { allow: [">"] },
      subs: -1,
      data: -1,
      payload: -1,
      issuer_account: account,
      type: "user",
      version: 2,
    });
  });

  it("write responses in nanoseconds, without end as -1", () => {
    const responses = (max: number, ttlSeconds: number) =>
      withPermissions({ ...everything, responses: { max, ttlSeconds } }).resp;
    assert.deepEqual(responses(1, 5), { max: 1, ttl: 5_000_000_000 });
    assert.deepEqual(responses(-1, -1), { max: -1, ttl: -1 });
  });

  it("hold no access of their own if a role decides", () => {
    assert.deepEqual(userNats({ access: "role" }), {
      pub: {},
      sub: {},
      issuer_account: account,
      type: "user",
      version: 2,
    });
  });

  const access = { permissions: everything };
  refuses([
    ["an account's key", () => userNats({ publicKey: account }), /user "U": publicKey is/],
    ["an account id that is none", () => userNats({ accountId: user }), /accountId is/],
    [
      "an empty allow list, which allows everything",
      () => withPermissions({ publish: { allow: [] }, subscribe: {} }),
      /publish\.allow is an empty list, which the server reads as no restriction/,
    ],
    [
      "an empty deny list",
      () => withPermissions({ publish: {}, subscribe: { deny: [] } }),
      /subscribe\.deny is an empty list/,
    ],
    [
      "an empty token",
      () => withPermissions({ publish: {}, subscribe: { allow: [".a"] } }),
      /subscribe\.allow "\.a" is not a subject/,
    ],
    [
      "> in the middle",
      () => withPermissions({ publish: { deny: ["a.>.b"] }, subscribe: {} }),
      /publish\.deny "a\.>\.b" is not a subject/,
    ],
    [
      "an empty subject",
      () => withPermissions({ publish: { deny: [""] }, subscribe: {} }),
      /publish\.deny "" is not a subject/,
    ],
    [
      "a queue group to publish to",
      () => withPermissions({ publish: { allow: ["a q"] }, subscribe: {} }),
      /publish\.allow "a q" has too many words: one subject$/,
    ],
    [
      "two queue groups",
      () => withPermissions({ publish: {}, subscribe: { allow: ["a q r"] } }),
      /too many words: one subject, then at most one queue group/,
    ],
    [
      "no responses at all",
      () => withPermissions({ ...everything, responses: { max: 0, ttlSeconds: 1 } }),
      /responses\.max is 0/,
    ],
    [
      "responses without time",
      () => withPermissions({ ...everything, responses: { max: 1, ttlSeconds: 0 } }),
      /responses\.ttlSeconds is 0/,
    ],
    [
      "a limit below -1",
      () => userNats({ access: { ...access, limits: { subscriptions: -5 } } }),
      /limit subscriptions is -5/,
    ],
    [
      "a network without mask",
      () => userNats({ access: { ...access, limits: { src: ["10.0.0.1"] } } }),
      /src "10\.0\.0\.1" is not a network/,
    ],
    [
      "a time of day that is none",
      () => userNats({ access: { ...access, limits: { times: [{ start: "8:00", end: "24:00:00" }] } } }),
      /time "8:00".*time "24:00:00"/,
    ],
    ["a tag in upper case", () => userNats({ tags: ["Blue"] }), /tag "Blue" must be lower case/],
  ]);
});

describe("operator claims", () => {
  refuses([
    [
      "no signing key",
      () => operatorClaims({ ...operatorArgs, signingKeys: [] }),
      /operator "O": signingKeys is empty/,
    ],
    ["an account's key", () => operatorClaims({ ...operatorArgs, publicKey: account }), /publicKey is/],
    [
      "an account's key as signing key",
      () => operatorClaims({ ...operatorArgs, signingKeys: [account] }),
      /signingKeys\[0\] is/,
    ],
    ["no system account", () => operatorClaims({ ...operatorArgs, systemAccountId: "" }), /systemAccountId is ""/],
    [
      "half a version",
      () => operatorClaims({ ...operatorArgs, minimumServerVersion: "2.14" }),
      /minimumServerVersion is "2\.14", it must be of the form 2\.14\.0/,
    ],
  ]);
});
