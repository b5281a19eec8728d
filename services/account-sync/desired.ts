import type { AccountRecord } from "./account-record";
import type { AccountJwt } from "./trust";

/** An account that servers are to hold. */
export interface DesiredAccount extends AccountJwt {
  /** Name of the account. */
  readonly account: string;
  /** Tenant it belongs to; undefined for an account of the platform. */
  readonly tenant?: string;
}

/** An account that no server may hold. */
export interface Removal {
  readonly id: string;
  readonly account: string;
  readonly tenant?: string;
  readonly deleteJwt: string;
  /** Its Secret is gone, too: there is only the tombstone left. */
  readonly buried: boolean;
}

/** What is left of a deleted account: the order by which it is deleted again wherever it turns up. */
export interface Tombstone {
  readonly account: string;
  readonly deleteJwt: string;
  /** RFC 3339. */
  readonly deletedAt: string;
}

/** What the Secrets and tombstones add up to. */
export interface Desired {
  /** By account id. */
  readonly accounts: ReadonlyMap<string, DesiredAccount>;
  /** By account id: of Secrets that are being deleted, and of tombstones. */
  readonly removals: ReadonlyMap<string, Removal>;
  /** Secrets that are being deleted and held by our finalizer until their account is gone. */
  readonly deleting: readonly AccountRecord[];
  /** Secrets that are being deleted and whose account stays, because it is another Secret's: our finalizer may go at once. */
  readonly released: readonly AccountRecord[];
  /** Why the Secret of this name is not acted upon. */
  readonly problems: ReadonlyMap<string, string>;
  /** Ids of accounts that have both a tombstone and a sound Secret: made anew, so the tombstone is to go. */
  readonly revived: readonly string[];
}

/**
 * Adds up Secrets and tombstones.
 *
 * - A Secret with a mistake in it changes nothing on any server: what servers hold of the account stays until it is mended or deleted.
 * - Of several Secrets about one account id the oldest sound one counts.
 * - A Secret that is gone without having been deleted in our presence (its finalizer taken off by hand, its label removed, a wrong answer of
 *   the API server) changes nothing either: accounts are deleted by order only, never because nothing is known of them.
 * - A sound Secret overrules the tombstone of the same account.
 * @param now unix milliseconds
 */
export function desiredState(
  records: readonly AccountRecord[],
  tombstones: ReadonlyMap<string, Tombstone>,
  now: number,
): Desired {
  const accounts = new Map<string, DesiredAccount>();
  const removals = new Map<string, Removal>();
  const deleting: AccountRecord[] = [];
  const released: AccountRecord[] = [];
  const problems = new Map<string, string>();
  const owners = new Map<string, string>();

  for (const record of [...records].sort(byAge)) {
    const { account, tenant, id, secret } = record;
    const owner = id === undefined ? undefined : owners.get(id);
    if (id !== undefined && owner === undefined && isSound(record)) owners.set(id, secret);
    const duplicate = owner === undefined ? undefined : `account ${id} already belongs to Secret ${owner}`;
    if (record.deleting) {
      if (record.finalizer < 0) continue;
      (duplicate ? released : deleting).push(record);
      if (record.deleteJwt === undefined || id === undefined) {
        problems.set(secret, record.deleteProblem ?? "there is no order to delete the account");
      } else if (!duplicate) removals.set(id, { id, account, tenant, deleteJwt: record.deleteJwt, buried: false });
      continue;
    }
    const problem = record.problem ?? duplicate ?? expiryProblem(record.jwt, now);
    if (problem !== undefined || !record.jwt) problems.set(secret, problem ?? "there is no JWT in it");
    else accounts.set(record.jwt.id, { ...record.jwt, account, tenant });
  }

  const revived: string[] = [];
  for (const [id, { account, deleteJwt }] of tombstones) {
    if (accounts.has(id)) revived.push(id);
    else if (!removals.has(id)) removals.set(id, { id, account, deleteJwt, buried: true });
  }
  return { accounts, removals, deleting, released, problems, revived };
}

/** Account ids about which the two differ. */
export function changedIds(before: Desired, after: Desired): string[] {
  const ids = new Set([...before.accounts.keys(), ...after.accounts.keys(), ...after.removals.keys()]);
  return [...ids].filter(
    (id) =>
      before.accounts.get(id)?.digest !== after.accounts.get(id)?.digest ||
      before.removals.has(id) !== after.removals.has(id),
  );
}

/** Nothing is known yet. */
export const nothingDesired: Desired = {
  accounts: new Map(),
  removals: new Map(),
  deleting: [],
  released: [],
  problems: new Map(),
  revived: [],
};

/** Whether the Secret may speak for the account it names: with a mistake in it, it may name another's. */
function isSound({ jwt, deleting, deleteJwt }: AccountRecord): boolean {
  return jwt !== undefined || (deleting && deleteJwt !== undefined);
}

function byAge(a: AccountRecord, b: AccountRecord): number {
  return a.createdAt - b.createdAt || (a.secret < b.secret ? -1 : 1);
}

function expiryProblem(jwt: AccountJwt | undefined, now: number): string | undefined {
  if (jwt?.expiresAt === undefined || jwt.expiresAt * 1000 > now) return undefined;
  return `the account's JWT expired at ${new Date(jwt.expiresAt * 1000).toISOString()}`;
}
