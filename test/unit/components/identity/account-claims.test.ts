import assert from "node:assert/strict";
import { type AccountClaimsArgs, accountClaims } from "../../../../components/identity/claims/account";
import { systemAccountExports } from "../../../../components/identity/claims/exports";
import { type AccountLimits, given, unlimited } from "../../../../components/identity/claims/limits";
import { nothing } from "../../../../components/identity/claims/permissions";
import { testKey } from "./keys";
import { refuses } from "./refuses";

const account = testKey("account", "account").publicKey;
const signing = testKey("account", "signing").publicKey;
const user = testKey("user", "user").publicKey;
const operator = testKey("operator", "operator").publicKey;

const limits: AccountLimits = {
  connections: 10,
  leafNodes: 0,
  subscriptions: 100,
  payload: 1024,
  data: unlimited,
  imports: 1,
  exports: 2,
  wildcardExports: true,
  disallowBearer: false,
};
const accountArgs: AccountClaimsArgs = { name: "A", publicKey: account, limits, signingKeys: [signing] };

// biome-ignore lint/suspicious/noExplicitAny: tests look at whatever is there
const accountNats = (changed: Partial<AccountClaimsArgs> = {}): any =>
  JSON.parse(JSON.stringify(accountClaims({ ...accountArgs, ...changed }).nats));

describe("account claims", () => {
  it("write every limit, 0 included", () => {
    assert.deepEqual(accountNats().limits, {
      subs: 100,
      data: -1,
      payload: 1024,
      imports: 1,
      exports: 2,
      wildcards: true,
      disallow_bearer: false,
      conn: 10,
      leaf: 0,
      mem_storage: 0,
      disk_storage: 0,
      streams: 0,
      consumer: 0,
      max_ack_pending: 0,
      mem_max_stream_bytes: 0,
      disk_max_stream_bytes: 0,
      max_bytes_required: false,
    });
  });

  it("write every JetStream limit, unlimited unless told otherwise", () => {
    const written = accountNats({
      jetstream: { memoryStorage: 0, diskStorage: 5, streams: 3, maxBytesRequired: true },
    }).limits;
    assert.deepEqual(Object.entries(written).slice(9), [
      ["mem_storage", 0],
      ["disk_storage", 5],
      ["streams", 3],
      ["consumer", -1],
      ["max_ack_pending", -1],
      ["mem_max_stream_bytes", -1],
      ["disk_max_stream_bytes", -1],
      ["max_bytes_required", true],
    ]);
  });

  it("sort what comes from maps, so that order of input does not show", () => {
    const keys = ["a", "b", "c", "d"].map((name) => testKey("account", name).publicKey);
    const users = ["a", "b", "c", "d"].map((name) => [testKey("user", name).publicKey, 7] as const);
    const make = (reversed: boolean) => {
      const order = <T>(list: readonly T[]) => (reversed ? [...list].reverse() : [...list]);
      return JSON.stringify(
        accountClaims({
          ...accountArgs,
          signingKeys: order(keys),
          revocations: Object.fromEntries(order(users)),
          exports: order(systemAccountExports),
        }),
      );
    };
    assert.equal(make(true), make(false));
  });

  it("give a role its signing keys, with every limit of its users", () => {
    const role = testKey("account", "role").publicKey;
    const { signing_keys } = accountNats({
      scopedSigningKeys: [{ publicKey: role, role: "reader", access: { permissions: nothing } }],
    });
    const scoped = signing_keys.find((key: { key?: string }) => key.key === role);
    assert.deepEqual(scoped, {
      kind: "user_scope",
      key: role,
      role: "reader",
      template: { pub: { deny: [">"] }, sub: { deny: [">"] }, subs: -1, data: -1, payload: -1 },
      description: "",
    });
    assert.ok(signing_keys.includes(signing));
  });

  refuses([
    [
      "a limit below -1",
      () => accountNats({ limits: { ...limits, connections: -2 } }),
      /account "A": limit connections is -2, it must be a whole number from 0, or -1/,
    ],
    ["a fraction", () => accountNats({ limits: { ...limits, payload: 1.5 } }), /limit payload is 1.5/],
    [
      "a missing limit",
      () => accountNats({ limits: { ...limits, leafNodes: undefined as never } }),
      /limit leafNodes is undefined/,
    ],
    [
      "0 streams, which the server takes for unlimited",
      () => accountNats({ jetstream: { memoryStorage: 1, diskStorage: 1, streams: 0 } }),
      /JetStream limit streams is 0, it must be a whole number from 1, or -1/,
    ],
    [
      "a storage size that is no number",
      () => accountNats({ jetstream: { memoryStorage: Number.NaN, diskStorage: 1 } }),
      /JetStream limit memoryStorage is NaN/,
    ],
    ["no signing key", () => accountNats({ signingKeys: [] }), /signingKeys is empty/],
    [
      "a user's key as signing key",
      () => accountNats({ signingKeys: [user] }),
      /signingKeys\[0\] is .* must be the public key of an account/,
    ],
    ["an operator's key as account", () => accountNats({ publicKey: operator }), /publicKey is/],
    [
      "more exports than allowed",
      () => accountNats({ limits: { ...limits, exports: 1 }, exports: systemAccountExports }),
      /there are 2 exports, but limit exports is 1/,
    ],
    [
      "a wildcard export without leave",
      () => accountNats({ limits: { ...limits, wildcardExports: false }, exports: systemAccountExports }),
      /export "account-monitoring-services" has a wildcard/,
    ],
    [
      "an account token position that is no wildcard",
      () => accountNats({ exports: [{ name: "e", subject: "a.*", type: "stream", accountTokenPosition: 1 }] }),
      /accountTokenPosition 1, which must be the position of a \* in a\.\*/,
    ],
    [
      "a response type of a stream",
      () => accountNats({ exports: [{ name: "e", subject: "a", type: "stream", responseType: "Stream" }] }),
      /only a service has/,
    ],
    [
      "an import from no account",
      () => accountNats({ imports: [{ name: "i", subject: "a", account: "X", type: "stream" }] }),
      /import "i" account is "X"/,
    ],
    [
      "more imports than allowed",
      () =>
        accountNats({
          limits: { ...limits, imports: 0 },
          imports: [{ name: "i", subject: "a", account, type: "stream" }],
        }),
      /there are 1 imports, but limit imports is 0/,
    ],
    [
      "a callout nobody answers",
      () => accountNats({ authorization: { authUsers: [], allowedAccounts: ["*"] } }),
      /authorization\.authUsers is empty/,
    ],
    [
      "a callout into no account",
      () => accountNats({ authorization: { authUsers: [user], allowedAccounts: ["*", account] } }),
      /allowedAccounts\[0\] is "\*"/,
    ],
    [
      "an xkey that is none",
      () => accountNats({ authorization: { authUsers: [user], allowedAccounts: ["*"], xkey: user } }),
      /authorization\.xkey is/,
    ],
    ["a revocation of no user", () => accountNats({ revocations: { someone: 5 } }), /revocations key is "someone"/],
    ["a revocation without time", () => accountNats({ revocations: { "*": 0 } }), /revocations of \* is 0/],
    [
      "a role whose permissions are wrong",
      () =>
        accountNats({
          scopedSigningKeys: [
            { publicKey: signing, role: "r", access: { permissions: { publish: { allow: [] }, subscribe: {} } } },
          ],
        }),
      /role "r": publish\.allow is an empty list/,
    ],
    [
      "default permissions that are wrong",
      () => accountNats({ defaultPermissions: { publish: { allow: ["a..b"] }, subscribe: {} } }),
      /publish\.allow "a\.\.b" is not a subject/,
    ],
    [
      "several things at once, all named",
      () => accountNats({ publicKey: "x", signingKeys: [] }),
      /publicKey is "x".*; signingKeys is empty/,
    ],
  ]);
});

describe("given", () => {
  it("leaves out what is undefined, and nothing else", () => {
    assert.deepEqual(given({ a: undefined, b: 0, c: false, d: "" }), { b: 0, c: false, d: "" });
  });
});
