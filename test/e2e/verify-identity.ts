import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Account, encodeAccount, encodeOperator, encodeUser, fmtCreds, type User } from "@nats-io/jwt";
import { createAccount, createCurve, createOperator, createUser, type KeyPair } from "@nats-io/nkeys";
import { xkeyKey, xkeySecretName } from "../../components/identity/object-name";
import type { User as ProbeUser } from "../../services/verify/contract";

const unlimited = { subs: -1, data: -1, payload: -1 };

const accountLimits = {
  ...unlimited,
  imports: -1,
  exports: -1,
  wildcards: true,
  conn: -1,
  leaf: -1,
  disallow_bearer: false,
};

const jetstreamLimits = {
  mem_storage: -1,
  disk_storage: -1,
  streams: -1,
  consumer: -1,
  mem_max_stream_bytes: -1,
  disk_max_stream_bytes: -1,
  max_bytes_required: false,
  max_ack_pending: -1,
};

const readOnly = {
  pub: {
    allow: [
      "$JS.API.INFO",
      "$JS.API.STREAM.INFO.*",
      "$JS.API.STREAM.NAMES",
      "$JS.API.STREAM.LIST",
      "$JS.API.STREAM.MSG.GET.*",
    ],
  },
  sub: { allow: ["_INBOX_observer.>"] },
};

const nothing = { pub: { deny: [">"] }, sub: { deny: [">"] } };

/** An account, with the key its users are signed by. */
interface TestAccount {
  readonly id: string;
  readonly jwt: string;
  readonly signingKey: KeyPair;
}

/** An operator with the platform's accounts and users, made for one test. */
export interface TestIdentity {
  readonly operatorId: string;
  readonly operatorJwt: string;
  readonly accounts: Readonly<Record<"SYS" | "PLATFORM" | "AUTH", TestAccount>>;
  readonly creds: Readonly<Record<ProbeUser, string>>;
  readonly sentinelJwt: string;
  /** Seed of the key that servers encrypt to. */
  readonly xkeySeed: string;
}

/** Makes the identity the platform would have. */
export async function createIdentity(): Promise<TestIdentity> {
  const operator = createOperator();
  const signer = createOperator();
  const account = async (name: string, claims: Partial<Account> = {}, limits: object = {}): Promise<TestAccount> => {
    const [pair, signingKey] = [createAccount(), createAccount()];
    const body = {
      ...claims,
      limits: { ...accountLimits, ...limits },
      signing_keys: [signingKey.getPublicKey()],
    } as Partial<Account>;
    return { id: pair.getPublicKey(), jwt: await encodeAccount(name, pair, body, { signer }), signingKey };
  };
  const [callout, sys, platform] = [createUser(), await account("SYS"), await account("PLATFORM", {}, jetstreamLimits)];
  const xkey = createCurve();
  const auth = await account("AUTH", {
    authorization: { auth_users: [callout.getPublicKey()], allowed_accounts: ["*"], xkey: xkey.getPublicKey() },
  });
  const sentinel = await userCreds("sentinel", auth, { ...nothing, bearer_token: true });
  return {
    operatorId: operator.getPublicKey(),
    operatorJwt: await encodeOperator("test", operator, {
      signing_keys: [signer.getPublicKey()],
      system_account: sys.id,
    }),
    accounts: { SYS: sys, PLATFORM: platform, AUTH: auth },
    creds: {
      system: await userCreds("system", sys),
      "control-plane": await userCreds("control-plane", platform),
      observer: await userCreds("observer", platform, readOnly),
      "auth-callout": await userCreds("auth-callout", auth, {}, {}, callout),
      sentinel,
      expired: await userCreds("expired", platform, nothing, { exp: Math.floor(Date.now() / 1000) - 1 }),
    },
    xkeySeed: Buffer.from(xkey.getSeed()).toString(),
    sentinelJwt: /-\n(eyJ\S+)/.exec(sentinel)?.[1] ?? "",
  };
}

/** A creds file of a new user of an account. */
export async function userCreds(
  name: string,
  account: TestAccount,
  claims: Partial<User> = {},
  options: { exp?: number } = {},
  pair: KeyPair = createUser(),
): Promise<string> {
  const body = { ...unlimited, ...claims, issuer_account: account.id };
  const jwt = await encodeUser(name, pair, account.signingKey, body, options);
  return Buffer.from(fmtCreds(jwt, pair)).toString();
}

/** Writes the callout's keys as the probe's pod has them mounted. */
export function writeXkey(dir: string, { xkeySeed }: TestIdentity): void {
  mkdirSync(join(dir, xkeySecretName), { recursive: true });
  writeFileSync(join(dir, xkeySecretName, xkeyKey), `${xkeySeed}\n`, { mode: 0o600 });
}

/** Writes creds as the probe's pod has them mounted. */
export function writeCreds(dir: string, creds: Readonly<Partial<Record<ProbeUser, string>>>): void {
  for (const [user, text] of Object.entries(creds)) {
    mkdirSync(join(dir, user), { recursive: true });
    writeFileSync(join(dir, user, "nats.creds"), text, { mode: 0o600 });
  }
}
