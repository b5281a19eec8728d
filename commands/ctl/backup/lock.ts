import { randomUUID } from "node:crypto";
import { readlinkSync } from "node:fs";
import { hostname } from "node:os";
import { pause } from "./pause";
import { readText, type Store, writeText } from "./store";

/** Name of the file by which a backup keeps its place to itself. */
export const lockFile = "backup.lock";

/** How often a holder says that it is still there, and after how long without that it counts as gone, in milliseconds. */
const renewMs = 30_000;
const goneMs = 300_000;

/** Two that find a lock of one who is gone may both take it: after this long the file says whose it is, in milliseconds. */
const settleMs = 1_000;

/** Who keeps a place to itself. */
export interface Holder {
  /** Its own: tells apart two of the same process. */
  readonly token: string;
  /** Where process numbers mean the same. */
  readonly host: string;
  readonly pid: number;
  /** When it began, and when it was last there; RFC 3339. */
  readonly since: string;
  readonly renewed: string;
}

/** A place that is kept. */
export interface Lock {
  /** Aborted when the caller's is, or the place has gone to somebody else. */
  readonly signal: AbortSignal;
  /** To be asked before anything is written that others' work depends on. @throws Error if the place has gone to somebody else */
  check(): Promise<void>;
}

/**
 * Works while no other backup writes to the same place. A process that was killed, or has not been heard of for 5 minutes, keeps nothing.
 * @throws Error that says who has it, and what to do
 */
export async function withLock<T>(
  store: Store,
  signal: AbortSignal | undefined,
  work: (lock: Lock) => Promise<T>,
): Promise<T> {
  const own = await acquire(store, signal);
  const lost = new AbortController();
  const check = async () => {
    if (await isHeldBy(store, own)) return;
    lost.abort(new Error(`another backup has taken ${store.name} in the meantime: run it again when that has ended`));
    lost.signal.throwIfAborted();
  };
  let renewing = Promise.resolve();
  const timer = setInterval(() => {
    // A store that does not answer now may do so the next time; whether the place was lost is checked before anything depends on it.
    renewing = renew(store, own, check).catch(() => {});
  }, renewMs);
  try {
    return await work({ signal: signal ? AbortSignal.any([signal, lost.signal]) : lost.signal, check });
  } finally {
    clearInterval(timer);
    await renewing;
    // One that stays says nothing about what was done, and counts as gone soon.
    await release(store, own).catch(() => {});
  }
}

async function acquire(store: Store, signal: AbortSignal | undefined): Promise<Holder> {
  const own = newHolder(new Date());
  for (let settle = false; ; settle = true) {
    signal?.throwIfAborted();
    if (await store.create(lockFile, textOf(own))) {
      if (settle) await pause(settleMs, signal);
      if (await isHeldBy(store, own)) return own;
    }
    const text = await readText(store, lockFile);
    if (text === undefined) continue;
    const holder = parseHolder(text);
    if (!holder || !isGone(holder, Date.now())) throw new Error(heldText(store, holder));
    await store.remove(lockFile);
  }
}

async function renew(store: Store, own: Holder, check: () => Promise<void>): Promise<void> {
  await check();
  await writeText(store, lockFile, textOf({ ...own, renewed: new Date().toISOString() }));
}

async function release(store: Store, own: Holder): Promise<void> {
  if (await isHeldBy(store, own)) await store.remove(lockFile);
}

async function isHeldBy(store: Store, { token }: Holder): Promise<boolean> {
  return parseHolder((await readText(store, lockFile)) ?? "")?.token === token;
}

/** This process as a holder. */
export function newHolder(now: Date): Holder {
  const time = now.toISOString();
  return { token: randomUUID(), host: host(), pid: process.pid, since: time, renewed: time };
}

/** Whether a holder has ended, as far as can be told from here. */
export function isGone({ host: at, pid, renewed }: Holder, now: number): boolean {
  return now - Date.parse(renewed) > goneMs || (at === host() && !isAlive(pid));
}

/** Containers of one host name may number their processes each for itself. */
function host(): string {
  try {
    return `${hostname()} ${readlinkSync("/proc/self/ns/pid")}`;
  } catch {
    return hostname();
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}

function textOf(holder: Holder): string {
  return `${JSON.stringify(holder)}\n`;
}

/** Undefined for a text that is no holder's. */
function parseHolder(text: string): Holder | undefined {
  try {
    const holder = JSON.parse(text) as Partial<Holder> | null;
    const { token, host: at, pid, since, renewed } = holder ?? {};
    const known = token && at && Number.isInteger(pid) && since && !Number.isNaN(Date.parse(renewed ?? ""));
    return known ? (holder as Holder) : undefined;
  } catch {
    return undefined;
  }
}

function heldText(store: Store, holder: Holder | undefined): string {
  const remove = `remove ${lockFile} there`;
  if (!holder)
    return `${store.name} is kept by a ${lockFile} that says nothing: if no backup is writing there, ${remove}`;
  const { host: at, pid, since, renewed } = holder;
  return `${store.name} is being written by another backup, process ${pid} on ${at}, since ${since}, last seen ${renewed}. Wait until it has ended, or choose another place; one that is not seen for ${goneMs / 60_000} minutes counts as gone, and if you know that it is, ${remove}`;
}
