import { type Account, encodeAccount, encodeOperator, encodeUser, fmtCreds } from "@nats-io/jwt";
import { createAccount, createOperator, createUser } from "@nats-io/nkeys";
import { everything, permissionsClaim } from "../../components/identity/claims/permissions";
import { type TenantRole, tenantRoles } from "../../components/tenant/roles";

const unlimited = { subs: -1, data: -1, payload: -1 };

const accountLimits = {
  ...unlimited,
  imports: -1,
  exports: -1,
  wildcards: true,
  conn: -1,
  leaf: 0,
  disallow_bearer: true,
};

const jetstreamLimits = {
  mem_storage: 0,
  disk_storage: 1024 * 1024,
  // No more than the proof needs at a time.
  streams: 1,
  consumer: 10,
  mem_max_stream_bytes: -1,
  disk_max_stream_bytes: -1,
  max_bytes_required: true,
  max_ack_pending: -1,
};

/** Accounts that isolation is tried on. */
export const accountNames = ["SYS", "acme", "globex", "initech"] as const;

type AccountName = (typeof accountNames)[number];

/** Holes: what accounts export and import, by name; imports name the account they are from. */
export type Holes = Readonly<Partial<Record<AccountName, Hole>>>;

interface Hole {
  readonly exports?: Account["exports"];
  readonly imports?: readonly {
    readonly from: AccountName;
    readonly subject: string;
    readonly type: "stream" | "service";
  }[];
}

/** An operator with a system account and tenants' accounts, made for one test. */
export interface IsolationIdentity {
  readonly operatorJwt: string;
  readonly accounts: Readonly<Record<AccountName, { readonly id: string; readonly jwt: string }>>;
  /** Creds by account: of its strongest user. acme and globex have an admin, initech a worker only. */
  readonly creds: Readonly<Record<AccountName, string>>;
}

const roles: Readonly<Record<Exclude<AccountName, "SYS">, TenantRole>> = {
  acme: "admin",
  globex: "admin",
  initech: "worker",
};

/** Makes the identity, with holes if any are wanted. */
export async function createIsolationIdentity(holes: Holes = {}): Promise<IsolationIdentity> {
  const [operator, signer] = [createOperator(), createOperator()];
  const keys = Object.fromEntries(accountNames.map((name) => [name, createAccount()])) as Record<
    AccountName,
    ReturnType<typeof createAccount>
  >;
  const account = async (name: AccountName) => {
    const { exports = [], imports = [] } = holes[name] ?? {};
    const body: Partial<Account> = {
      limits: { ...accountLimits, ...(name === "SYS" ? {} : jetstreamLimits) },
      exports,
      imports: imports.map(({ from, subject, type }) => ({
        name: `of ${from}`,
        account: keys[from].getPublicKey(),
        subject,
        type,
        ...(type === "service" ? { local_subject: subject } : {}),
      })),
    };
    const jwt = await encodeAccount(name === "SYS" ? name : `tenant-${name}`, keys[name], body, { signer });
    return [name, { id: keys[name].getPublicKey(), jwt }] as const;
  };
  const creds = async (name: AccountName) => {
    const user = createUser();
    const { permissions } = name === "SYS" ? { permissions: everything } : tenantRoles[roles[name]];
    const jwt = await encodeUser("test", user, keys[name], { ...unlimited, ...permissionsClaim(permissions) });
    return [name, Buffer.from(fmtCreds(jwt, user)).toString()] as const;
  };
  return {
    operatorJwt: await encodeOperator("test", operator, {
      signing_keys: [signer.getPublicKey()],
      system_account: keys.SYS.getPublicKey(),
    }),
    accounts: Object.fromEntries(await Promise.all(accountNames.map(account))) as IsolationIdentity["accounts"],
    creds: Object.fromEntries(await Promise.all(accountNames.map(creds))) as IsolationIdentity["creds"],
  };
}
