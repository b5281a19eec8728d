import type { AccountRecord } from "./account-record";
import type { DesiredAccount } from "./desired";
import { type HeldState, type Holding, judge, remains } from "./holding";
import type { Snapshot } from "./metrics";
import type { ServerPod } from "./servers";

/** State of an account on one server. */
export type ServerState = HeldState | "unreachable";

/** Answer to `GET /accounts/<account>`. */
export interface AccountStatus {
  /** Name of the account. */
  readonly account: string;
  /** Public key; undefined if its Secret names none. */
  readonly id?: string;
  /** RFC 3339; undefined if the Secret holds no sound JWT. */
  readonly issuedAt?: string;
  /** SHA-256 of the JWT in the Secret, in hex; undefined if that is not sound. */
  readonly digest?: string;
  /** Whether every server that is to hold the account holds exactly this JWT and works by it. */
  readonly active: boolean;
  /** Its Secret is being deleted. */
  readonly deleting: boolean;
  /** What is wrong with the Secret. Servers keep what they hold until it is mended. */
  readonly problem?: string;
  readonly servers: readonly AccountServerStatus[];
}

/** What one server has of an account. While it is being deleted `missing` is what is wanted. */
export interface AccountServerStatus {
  /** Name of the pod. */
  readonly server: string;
  readonly state: ServerState;
  readonly detail?: string;
}

/** A server as far as we can see it. */
export interface ServerView extends ServerPod {
  /** Why it does not answer, and since when in unix milliseconds; undefined while it does. */
  readonly down?: { readonly since: number; readonly reason: string };
}

/** Milliseconds a server may not answer before a deletion no longer waits for it; the tombstone then sees to it when it returns. */
const unreachableMs = 10_000;

/** Servers an account belongs on: all of the platform, and its tenant's instances. One that is shutting down counts while it answers. */
export function serversOf(servers: readonly ServerView[], tenant: string | undefined): ServerView[] {
  return servers.filter(
    (server) =>
      (server.tenant === undefined || server.tenant === tenant) && !(server.terminating && server.down !== undefined),
  );
}

/**
 * Status of an account.
 * @param wanted undefined if the Secret is unsound or being deleted
 * @param problem why nothing is done about the Secret
 * @param holdingOf what a server, by its uid, was last seen to have
 */
export function accountStatus(
  record: AccountRecord,
  wanted: DesiredAccount | undefined,
  problem: string | undefined,
  servers: readonly ServerView[],
  holdingOf: (server: string) => Holding | undefined,
): AccountStatus {
  const states = serversOf(servers, record.tenant).map((server) =>
    serverStatus(server, wanted, record, holdingOf(server.uid)),
  );
  return {
    account: record.account,
    id: record.id,
    issuedAt: wanted && new Date(wanted.issuedAt * 1000).toISOString(),
    digest: wanted?.digest,
    active: wanted !== undefined && isActive(states, servers),
    deleting: record.deleting,
    problem,
    servers: states,
  };
}

/**
 * Why the finalizer of a deleted account's Secret cannot be taken off yet; empty if it can.
 *
 * Every server that answers must have been seen without the account and its connections since the deletion was noticed. Servers that have not
 * answered for 10 s are not waited for, but without any server of the platform nothing is concluded.
 * @param since when the deletion was noticed, in unix milliseconds
 * @param now unix milliseconds
 */
export function waitsFor(
  tenant: string | undefined,
  servers: readonly ServerView[],
  holdingOf: (server: string) => Holding | undefined,
  since: number,
  now: number,
): string[] {
  const concerned = servers.filter(
    ({ uid, tenant: of }) => of === undefined || of === tenant || holdingOf(uid)?.copy.kind === "jwt",
  );
  if (!concerned.some(({ tenant: of, down }) => of === undefined && !down))
    return ["no server of the platform answers"];
  return concerned.flatMap(({ uid, name, down, terminating }) => {
    if (down) return terminating || now - down.since >= unreachableMs ? [] : [`${name} does not answer`];
    const holding = holdingOf(uid);
    if (!holding || holding.seenAt < since) return [`${name} has not been asked yet`];
    const left = remains(holding);
    return left === undefined ? [] : [`${name} ${left}`];
  });
}

function serverStatus(
  { name: server, down, ip, phase }: ServerView,
  wanted: DesiredAccount | undefined,
  record: AccountRecord,
  holding: Holding | undefined,
): AccountServerStatus {
  if (down)
    return { server, state: "unreachable", detail: ip ? down.reason : `its pod has no address; it is ${phase}` };
  if (!holding) return { server, state: "unreachable", detail: "not asked yet" };
  if (wanted) return { server, ...judge(wanted, holding) };
  if (!record.deleting) {
    return holding.copy.kind === "none"
      ? { server, state: "missing" }
      : { server, state: "outdated", detail: "keeps what it holds" };
  }
  const left = remains(holding);
  return left === undefined ? { server, state: "missing" } : { server, state: "outdated", detail: left };
}

function isActive(states: readonly AccountServerStatus[], servers: readonly ServerView[]): boolean {
  return servers.some(({ tenant }) => tenant === undefined) && states.every(({ state }) => state === "current");
}

/** Counts for the metrics. */
export function count(statuses: readonly AccountStatus[]): Pick<Snapshot, "accounts" | "drift"> {
  const accounts = { active: 0, pending: 0, invalid: 0, deleting: 0 };
  const drift = { outdated: 0, missing: 0, unreachable: 0 };
  for (const { active, deleting, problem, servers } of statuses) {
    accounts[deleting ? "deleting" : problem ? "invalid" : active ? "active" : "pending"] += 1;
    for (const { state } of servers) {
      const wanted = deleting ? "missing" : "current";
      if (state !== wanted && state !== "current") drift[state] += 1;
    }
  }
  return { accounts, drift };
}
