/** Calls a function for each item, at most so many at a time. Rejects as soon as one call does; those under way are left to end. */
export async function each<T>(items: Iterable<T>, atOnce: number, use: (item: T) => Promise<void>): Promise<void> {
  const iterator = items[Symbol.iterator]();
  const worker = async () => {
    for (let next = iterator.next(); !next.done; next = iterator.next()) await use(next.value);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}
