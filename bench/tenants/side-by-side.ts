/**
 * Does the same for each item, several at a time. When one fails the others are told to end, and have ended before this does.
 * @param work is given an item and the signal that tells it to end
 * @throws {Error} the first failure, or the reason of the aborted signal
 */
export async function sideBySide<T>(
  items: readonly T[],
  parallel: number,
  signal: AbortSignal,
  work: (item: T, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const left = [...items];
  const failure = new AbortController();
  const ended = AbortSignal.any([signal, failure.signal]);
  const worker = async () => {
    while (left.length > 0 && !ended.aborted) {
      try {
        await work(left.shift() as T, ended);
      } catch (error) {
        failure.abort(error);
      }
    }
  };
  await Promise.all(Array.from({ length: parallel }, worker));
  ended.throwIfAborted();
}
