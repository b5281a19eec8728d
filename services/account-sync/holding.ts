import type { DesiredAccount, Removal } from "./desired";
import { digestOf, readAccountJwt, type Trust } from "./trust";

/** What one server stores of an account. */
export type Copy =
  | { readonly kind: "none" }
  | {
      readonly kind: "jwt";
      readonly digest: string;
      /** Unix seconds; undefined unless the operator trusts it. */
      readonly issuedAt?: number;
    }
  /** Copies of a cluster differ, and servers do not say whose is whose. */
  | { readonly kind: "unclear"; readonly detail: string };

/** What one server has of an account in memory, from the first login on. It stays there when the stored copy is deleted. */
export interface Memory {
  /** Of the JWT in force; undefined if the server does not say. */
  readonly digest?: string;
  /** Nobody may log in: the account was deleted, or its JWT has expired. */
  readonly expired: boolean;
  readonly connections: number;
}

/** What one server has of an account, as seen at a time. */
export interface Holding {
  readonly copy: Copy;
  /** Undefined if nobody has used the account since the server started. */
  readonly memory?: Memory;
  /** What the server answered when it was last given the account, or ordered to delete it, if it refused. */
  readonly failure?: string;
  /** Unix milliseconds. */
  readonly seenAt: number;
}

/** State of an account on one server. */
export type HeldState = "current" | "outdated" | "missing";

/** A stored JWT, judged. */
export function readCopy(text: string, desired: DesiredAccount | undefined, trust: Trust): Copy {
  if (text === "") return { kind: "none" };
  const digest = digestOf(text);
  if (digest === desired?.digest) return { kind: "jwt", digest, issuedAt: desired.issuedAt };
  try {
    return { kind: "jwt", digest, issuedAt: readAccountJwt(text, trust).issuedAt };
  } catch {
    return { kind: "jwt", digest };
  }
}

/**
 * Whose copy is whose: servers of a cluster answer a look-up all at once and without their names, but name themselves when they list ids.
 * @param members ids of all servers that hear the request
 * @param copies their answers, in any order
 * @param listed per server whether it lists the account; undefined if it was not asked
 */
export function attribute(
  members: readonly string[],
  copies: readonly Copy[],
  listed?: ReadonlyMap<string, boolean>,
): Map<string, Copy> {
  const everyone = (copy: Copy) => new Map(members.map((member) => [member, copy]));
  const [first] = copies;
  if (copies.length !== members.length || !first) {
    return everyone({
      kind: "unclear",
      detail: `${copies.length} of ${members.length} servers of the cluster answered`,
    });
  }
  if (copies.every((copy) => sameCopy(copy, first))) return everyone(first);
  const versions = copies.filter((copy) => copy.kind === "jwt");
  const differ: Copy = { kind: "unclear", detail: "the servers of the cluster hold different versions" };
  if (members.filter((member) => listed?.get(member)).length !== versions.length) return everyone(differ);
  const [version] = versions;
  const held = version && versions.every((copy) => sameCopy(copy, version)) ? version : differ;
  return new Map(members.map((member) => [member, listed?.get(member) ? held : { kind: "none" }]));
}

/** Whether the server has the account as it should be. */
export function judge(desired: DesiredAccount, holding: Holding): { state: HeldState; detail?: string } {
  const { copy, memory, failure } = holding;
  const refused = failure === undefined ? "" : `; it refused ours: ${failure}`;
  if (copy.kind === "none") return { state: "missing", ...(failure ? { detail: `it refused ours: ${failure}` } : {}) };
  if (copy.kind === "unclear") return { state: "outdated", detail: `${copy.detail}${refused}` };
  if (copy.digest !== desired.digest) {
    if (isNewer(copy, desired)) return { state: "outdated", detail: newerDetail(copy, desired) };
    const held =
      copy.issuedAt === undefined ? "a JWT the operator does not trust" : `the JWT of ${time(copy.issuedAt)}`;
    return { state: "outdated", detail: `holds ${held}${refused}` };
  }
  if (memory?.expired)
    return { state: "outdated", detail: "stores it, but lets nobody in: the account was deleted there" };
  if (isStale(memory, desired)) return { state: "outdated", detail: "stores it, but still works by another version" };
  return { state: "current" };
}

/** What is left of an account on a server that it is to be gone from; undefined if nothing. */
export function remains({ copy, memory, failure }: Holding): string | undefined {
  if (copy.kind === "unclear") return copy.detail;
  if (copy.kind === "jwt") return failure === undefined ? "still stores it" : `refuses to delete it: ${failure}`;
  if (memory && !memory.expired) return "still lets its users in";
  if (memory && memory.connections > 0) return `still has ${memory.connections} connections of it`;
  return undefined;
}

/** Whether a server holds a JWT the operator trusts that is younger than the one it should hold. */
export function isNewer(copy: Copy, desired: DesiredAccount): boolean {
  return copy.kind === "jwt" && copy.issuedAt !== undefined && copy.issuedAt > desired.issuedAt;
}

/** Whether a server that has the account loaded works by another version of it, or not at all. */
export function isStale(memory: Memory | undefined, desired: DesiredAccount): boolean {
  if (!memory) return false;
  return memory.expired || (memory.digest !== undefined && memory.digest !== desired.digest);
}

/** Whether a copy is what is wanted: that very JWT, or none at all. */
export function isWanted(copy: Copy, wanted: DesiredAccount | Removal): boolean {
  if ("deleteJwt" in wanted) return copy.kind === "none";
  return copy.kind === "jwt" && copy.digest === wanted.digest;
}

function newerDetail(copy: Copy & { kind: "jwt" }, desired: DesiredAccount): string {
  const held = time(copy.issuedAt ?? 0);
  return `holds a newer JWT, of ${held}; the Secret's is of ${time(desired.issuedAt)} and is not pushed: issue the account anew`;
}

function sameCopy(a: Copy, b: Copy): boolean {
  return a.kind === b.kind && (a.kind !== "jwt" || b.kind !== "jwt" || a.digest === b.digest);
}

function time(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}
