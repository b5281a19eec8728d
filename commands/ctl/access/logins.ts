import { observerInboxPrefix as platformObserverInbox } from "../../../components/identity/platform-users";
import { accountName } from "../../../components/tenant/names";
import { observerInboxPrefix, type TenantRole } from "../../../components/tenant/roles";
import { type Logins, type Login as Proof, systemAccount } from "../../../components/workstation/accounts";
import type { TenantUserExpectation } from "../../../stacks/tenant-outputs";
import { UnusableError } from "../errors";

/** A user of a stack's that commands may act as. */
export interface Login {
  /** Name of the account, such as `PLATFORM`; the system account is `SYS`. */
  readonly account: string;
  readonly user: string;
  /** Whether it may publish whatever it likes, or only read. */
  readonly mayWrite: boolean;
  /** Whether it may make, delete, save and restore streams, too. */
  readonly mayAdminister: boolean;
  readonly proof: Proof;
  /** That it must connect with. @default the client's own */
  readonly inboxPrefix?: string;
}

/** Outputs of an environment's stack that hold its users' creds, by user. */
export const environmentCreds = {
  observer: "observerCreds",
  "control-plane": "controlPlaneCreds",
  system: "systemCreds",
} as const;

const everything = { mayWrite: true, mayAdminister: true } as const;

/** Users of an environment. The first of an account is the one for reading. */
export function environmentLogins(creds: Readonly<Record<keyof typeof environmentCreds, string>>): Login[] {
  return [
    {
      account: "PLATFORM",
      user: "observer",
      mayWrite: false,
      mayAdminister: false,
      proof: { creds: creds.observer },
      inboxPrefix: platformObserverInbox,
    },
    { account: "PLATFORM", user: "control-plane", ...everything, proof: { creds: creds["control-plane"] } },
    { account: systemAccount, user: "system", ...everything, proof: { creds: creds.system } },
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
      const may = { mayWrite: role !== "observer", mayAdminister: role === "admin" };
      const login = { account: accountName(tenant), user: name, ...may, proof: { creds: text } };
      return [role === "observer" ? { ...login, inboxPrefix: observerInboxPrefix(name) } : login];
    });
}

/** Users of a workstation, as its output `logins` has them. */
export function workstationLogins(logins: Logins): Login[] {
  return Object.entries(logins).flatMap(([account, users]) =>
    Object.entries(users).map(([user, proof]) => ({ account, user, ...everything, proof })),
  );
}

/**
 * The user to look at each account that holds data with: all but the system's, or the one asked for.
 * @throws UnusableError if there is none
 */
export function readers(logins: readonly Login[], account?: string): Login[] {
  const found = oneOfEach(logins);
  const names = found.map((login) => login.account);
  if (names.length === 0)
    throw new UnusableError("there is no user to look with: all are revoked, or there never was one");
  if (account === undefined) return found;
  if (names.includes(account)) return found.filter((login) => login.account === account);
  const tenants = account.startsWith("tenant-")
    ? `; that of a tenant is looked at with --stack <environment>-${account}`
    : "";
  throw new UnusableError(`account "${account}" is none to look at here: ${names.join(", ")}${tenants}`);
}

/** The users that may publish, one of each account that is not the system's. */
export function writers(logins: readonly Login[]): Login[] {
  return oneOfEach(logins.filter(({ mayWrite }) => mayWrite));
}

/** The users that may do everything with streams, one of each account that is not the system's. */
export function administrators(logins: readonly Login[]): Login[] {
  return oneOfEach(logins.filter(({ mayAdminister }) => mayAdminister));
}

/** The first user of each account that is not the system's. */
export function oneOfEach(logins: readonly Login[]): Login[] {
  return logins.filter(
    ({ account }, index) =>
      account !== systemAccount && logins.findIndex((other) => other.account === account) === index,
  );
}

/** The system account's user; undefined where the stack has none. */
export function systemLogin(logins: readonly Login[]): Login | undefined {
  return logins.find(({ account }) => account === systemAccount);
}
