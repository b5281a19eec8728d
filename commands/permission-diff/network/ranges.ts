import { isIPv4, isIPv6 } from "node:net";

/** Whole numbers, both ends included. */
export interface Range {
  readonly from: bigint;
  readonly to: bigint;
}

/** Whether the first holds all of the second. */
export function holds(outer: Range, inner: Range): boolean {
  return outer.from <= inner.from && inner.to <= outer.to;
}

/** Cuts `whole` at every end of the ranges: of the pieces, each lies in a range as a whole, or not at all. */
export function pieces(whole: Range, ranges: readonly Range[]): Range[] {
  const starts = ranges
    .flatMap(({ from, to }) => [from, to + 1n])
    .filter((start) => start > whole.from && start <= whole.to);
  const sorted = [whole.from, ...new Set(starts.toSorted((one, other) => (one < other ? -1 : 1)))];
  return sorted.map((from, index) => ({ from, to: (sorted[index + 1] ?? whole.to + 1n) - 1n }));
}

export type Family = "IPv4" | "IPv6";

export const wholeFamily: Readonly<Record<Family, Range>> = {
  IPv4: { from: 0n, to: 2n ** 32n - 1n },
  IPv6: { from: 0n, to: 2n ** 128n - 1n },
};

/** The addresses of a network in CIDR notation; undefined if it is none. */
export function networkOf(cidr: string): { readonly family: Family; readonly range: Range } | undefined {
  const [address = "", length = ""] = cidr.split("/");
  const family = isIPv4(address) ? "IPv4" : isIPv6(address) ? "IPv6" : undefined;
  const bits = family === "IPv4" ? 32 : 128;
  if (family === undefined || !/^\d{1,3}$/.test(length) || Number(length) > bits) return undefined;
  const size = 2n ** BigInt(bits - Number(length));
  const from = (numberOf(address, family) / size) * size;
  return { family, range: { from, to: from + size - 1n } };
}

function numberOf(address: string, family: Family): bigint {
  if (family === "IPv4") return address.split(".").reduce((sum, part) => sum * 256n + BigInt(part), 0n);
  // An address of version 4 may stand at the end.
  const [, head = address, tail] = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(address) ?? [];
  const last =
    tail === undefined
      ? ""
      : numberOf(tail, "IPv4")
          .toString(16)
          .padStart(8, "0")
          .replace(/^(.{4})/, "$1:");
  const [left = "", right] = `${head}${last}`
    .split("::")
    .map((half) => half.split(":").filter(Boolean))
    .map((half) => half.join(":"));
  const groups = (text = "") => text.split(":").filter(Boolean);
  const zeros = right === undefined ? 0 : 8 - groups(left).length - groups(right).length;
  const all = [...groups(left), ...Array.from({ length: zeros }, () => "0"), ...groups(right)];
  return all.reduce((sum, group) => sum * 65_536n + BigInt(`0x${group}`), 0n);
}
