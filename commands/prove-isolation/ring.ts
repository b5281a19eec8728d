/** How many others each tenant is tried against at most. */
export const mostNeighbours = 4;

/**
 * Those that each one of a list is tried against: all others while they are few, else the next ones in a ring.
 * So the work grows with the tenants, not with their pairs, and each is tried from both sides.
 */
export function neighbours<T>(all: readonly T[], index: number): T[] {
  const count = Math.min(mostNeighbours, all.length - 1);
  return Array.from({ length: count }, (_, step) => all[(index + step + 1) % all.length] as T);
}

/** Whether every one is tried against every other. */
export function isComplete(count: number): boolean {
  return count <= mostNeighbours + 1;
}
