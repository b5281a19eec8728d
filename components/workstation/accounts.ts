import type { AccountLimits, JetStreamLimits } from "../identity/claims/limits";
import { unlimited } from "../identity/claims/limits";
import { everything } from "../identity/claims/permissions";
import type { UserAccess } from "../identity/claims/user";
import type { Bucket } from "../platform/bucket-config";
import type { Stream } from "../platform/stream-config";

/** An account of a workstation, as a team declares it. */
export interface WorkstationAccount {
  /** Letters, digits and `-`. */
  readonly name: string;
  /** Names of its users, unique over all accounts. At least one: the first also makes buckets and streams. */
  readonly users: readonly string[];
  /** Most that it stores, in bytes. The server sets as much aside. */
  readonly jetstream: { readonly memoryStorage: number; readonly diskStorage: number };
  readonly buckets: readonly Bucket[];
  readonly streams: readonly Stream[];
}

/**
 * What is kept of the user that makes an account's buckets and streams.
 * @param ofUsers by user
 * @throws {RangeError} if the account has no user
 */
export function ofFirstUser<T>({ name, users }: WorkstationAccount, ofUsers: Readonly<Record<string, T>>): T {
  const found = ofUsers[users[0] ?? ""];
  if (found === undefined) throw new RangeError(`account ${name} has no user; it needs one at least`);
  return found;
}

/** What proves that one is a user: the text of a creds file, or a password. Secret. */
export type Login = { readonly creds: string } | { readonly password: string };

/** Logins by account and user, the system account's under `SYS`. */
export type Logins = Readonly<Record<string, Readonly<Record<string, Login>>>>;

/** The system account, as it is called in {@link Logins}. */
export const systemAccount = "SYS";

/** Its one user. */
export const systemUser = "sys";

/** What every user may do: everything in the account. */
export const userAccess: UserAccess = {
  permissions: everything,
  allowedConnectionTypes: ["STANDARD", "WEBSOCKET"],
};

/** What an account may take of the server, so that a leaking client fills its own. */
export const accountLimits: AccountLimits = {
  connections: 1_000,
  leafNodes: 0,
  subscriptions: 10_000,
  // Of the size of the server's own default, `max_payload` 1 MiB.
  payload: 1024 * 1024,
  // Not enforced by the server.
  data: unlimited,
  imports: 0,
  exports: 0,
  wildcardExports: false,
  disallowBearer: true,
};

/** Most streams and buckets of an account. */
export const mostStreams = 100;

/** What an account may store, and in how many streams. */
export function jetstreamLimits({
  jetstream,
}: Pick<WorkstationAccount, "jetstream">): Required<
  Pick<JetStreamLimits, "memoryStorage" | "diskStorage" | "streams" | "consumers">
> {
  return { ...jetstream, streams: mostStreams, consumers: 1_000 };
}
