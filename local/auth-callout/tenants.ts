import { randomBytes } from "node:crypto";
import { type AccountLimits, unlimited } from "../../components/identity/claims/limits";
import { encodeKeyPair } from "../../components/identity/nkey";
import { authAccountLimits, platformUsers } from "../../components/identity/platform-users";
import { appAccess, appRole } from "../../components/tenant/roles";
import { newKey, type TestAccount, type TestOperator, type TestUser } from "../world/identity";

const limits: AccountLimits = {
  connections: 10_000,
  leafNodes: 0,
  subscriptions: 1_000,
  payload: 64 * 1024,
  data: unlimited,
  imports: 0,
  exports: 0,
  wildcardExports: false,
  disallowBearer: true,
};

/** A tenant: its account, and the key that the callout signs its apps by. */
export interface Tenant {
  readonly name: string;
  readonly account: TestAccount;
  readonly appKey: ReturnType<typeof newKey>;
}

/** A tenant as its stack makes it, of which the servers have to be told. */
export function createTenant(operator: TestOperator, name: string): Tenant {
  const appKey = newKey("account");
  const scopedSigningKeys = [{ publicKey: appKey.publicKey, role: appRole, access: appAccess }];
  const jetstream = { memoryStorage: 1024 * 1024, diskStorage: 0 };
  return { name, account: operator.account(`tenant-${name}`, { limits, jetstream, scopedSigningKeys }), appKey };
}

/** Account AUTH with its users, and the key that servers encrypt to. */
export interface AuthAccount {
  readonly account: TestAccount;
  readonly callout: TestUser;
  readonly sentinel: TestUser;
  /** Seed, SX... */
  readonly xkeySeed: string;
}

/** Account AUTH as the platform's stack makes it. */
export function createAuthAccount(operator: TestOperator): AuthAccount {
  const calloutKey = newKey("user");
  const xkey = encodeKeyPair("curve", randomBytes(32));
  const account = operator.account("AUTH", {
    limits: authAccountLimits,
    authorization: { authUsers: [calloutKey.publicKey], allowedAccounts: ["*"], xkey: xkey.publicKey },
  });
  return {
    account,
    callout: account.user(platformUsers["auth-callout"], calloutKey),
    sentinel: account.user(platformUsers.sentinel),
    xkeySeed: xkey.seed,
  };
}
