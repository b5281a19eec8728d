/** What can be measured, in the order it is told; each has a section of docs/performance.md. */
export const partNames = ["lifecycle", "throughput", "tenants", "account-sync", "apps", "policies", "tools"] as const;
export type PartName = (typeof partNames)[number];

/** What is measured unless somebody chooses: all but the tools, whose cold build takes another quarter of an hour. */
export const usualParts: readonly PartName[] = partNames.filter((name) => name !== "tools");

/**
 * Parts by a list of their names.
 * @param list names with commas between them
 * @throws {Error} naming what is no part, and the parts there are
 */
export function parseParts(list: string): PartName[] {
  const names = list.split(",").map((name) => name.trim());
  const unknown = names.filter((name) => !partNames.some((part) => part === name));
  if (unknown.length > 0) {
    const wrong = unknown.map((name) => `"${name}"`).join(", ");
    throw new Error(`PARTS is "${list}"; ${wrong} is no part: it must be some of ${partNames.join(", ")}, with commas`);
  }
  return partNames.filter((part) => names.includes(part));
}
