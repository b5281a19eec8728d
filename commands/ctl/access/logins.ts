import { observerInboxPrefix as platformObserverInbox } from "../../../components/identity/platform-users";
import { accountName } from "../../../components/tenant/names";
import { observerInboxPrefix, type TenantRole } from "../../../components/tenant/roles";
import type { TenantUserExpectation } from "../../../stacks/tenant-outputs";
import { UnusableError } from "../errors";

/** What proves that one is a user: the text of a creds file, or a password. Secret. */
export type Proof = { readonly creds: string } | { readonly password: string };

/** A user of a stack's that commands may act as. */
export interface Login {
  /** Name of the account, such as `PLATFORM`; the system account is `SYS`. */
  readonly account: string;
  readonly user: string;
  /** Whether it may publish whatever it likes, or only read. */
  readonly mayWrite: boolean;
  readonly proof: Proof;
  /** That it must connect with. @default the client's own */
  readonly inboxPrefix?: string;
}

/** Name of the system account in {@link Login}. */
export const systemAccount = "SYS";

/** Outputs of an environment's stack that hold its users' creds, by user. */
export const environmentCreds = {
  observer: "observerCreds",
  "control-plane": "controlPlaneCreds",
  system: "systemCreds",
} as const;

/** Users of an environment. The first of an account is the one for reading. */
export function environmentLogins(creds: Readonly<Record<keyof typeof environmentCreds, string>>): Login[] {
  return [
    {
      account: "PLATFORM",
      user: "observer",
      mayWrite: false,
      proof: { creds: creds.observer },
      inboxPrefix: platformObserverInbox,
    },
    { account: "PLATFORM", user: "control-plane", mayWrite: true, proof: { creds: creds["control-plane"] } },
    { account: systemAccount, user: "system", mayWrite: true, proof: { creds: creds.system } },
  ];
}

/** In which order a tenant's users are taken: an admin sees and may do everything, a worker reads streams, too. */
const roleOrder: readonly TenantRole[] = ["admin", "worker", "observer"];

/** Users of a tenant, those that may do most first. Revoked ones have no creds. */
export function tenantLogins(
  tenant: string,
  users: readonly Pick<TenantUserExpectation, "name" | "role">[],
  creds: Readonly<Record<string, string>>,
): Login[] {
  return users
    .toSorted((a, b) => roleOrder.indexOf(a.role) - roleOrder.indexOf(b.role))
    .flatMap(({ name, role }): Login[] => {
      const text = creds[name];
      if (text === undefined) return [];
      const login = { account: accountName(tenant), user: name, mayWrite: role !== "observer", proof: { creds: text } };
      return [role === "observer" ? { ...login, inboxPrefix: observerInboxPrefix(name) } : login];
    });
}

/** Users of a workstation, as its output `logins` has them. */
export function workstationLogins(logins: Readonly<Record<string, Readonly<Record<string, Proof>>>>): Login[] {
  return Object.entries(logins).flatMap(([account, users]) =>
    Object.entries(users).map(([user, proof]) => ({ account, user, mayWrite: true, proof })),
  );
}

/** The user to look at each account that holds data with: all but the system's, or the one asked for. */
export function readers(logins: readonly Login[], account?: string): Login[] {
  const names = [...new Set(logins.map((login) => login.account))].filter((name) => name !== systemAccount);
  if (account !== undefined && !names.includes(account)) {
    const tenants = account.startsWith("tenant-")
      ? `; that of a tenant is looked at with --stack <environment>-${account}`
      : "";
    throw new UnusableError(
      `account "${account}" is none to look at here: ${names.join(", ") || "there is none"}${tenants}`,
    );
  }
  const wanted = account === undefined ? names : [account];
  return wanted.flatMap((name) => logins.find((login) => login.account === name) ?? []);
}

/** The users that may publish, one of each account that is not the system's. */
export function writers(logins: readonly Login[]): Login[] {
  return readers(logins.filter(({ mayWrite }) => mayWrite));
}

/** The system account's user; undefined where the stack has none. */
export function systemLogin(logins: readonly Login[]): Login | undefined {
  return logins.find(({ account }) => account === systemAccount);
}
