/** What a series of measurements comes to. */
export interface Summary {
  readonly min: number;
  readonly median: number;
  readonly max: number;
  /** Number of measurements. */
  readonly runs: number;
}

/**
 * Least, middle and greatest of a series; of an even number the middle is the mean of the two in the middle.
 * @throws {RangeError} if the series is empty or holds something that is no number
 */
export function summarize(values: readonly number[]): Summary {
  const sorted = sortedNumbers(values);
  return {
    min: percentile(sorted, 0),
    median: (percentile(sorted, 50) + at(sorted, Math.floor(sorted.length / 2))) / 2,
    max: percentile(sorted, 100),
    runs: sorted.length,
  };
}

/**
 * The value that a given percentage of the series does not exceed (nearest rank).
 * @param percent 0 to 100
 * @throws {RangeError} if the series is empty or holds something that is no number
 */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = sortedNumbers(values);
  return at(sorted, Math.max(Math.ceil((percent / 100) * sorted.length) - 1, 0));
}

/**
 * What each measurement of ours is in multiples of its peer's, which was taken next to it: noise that slows both cancels out.
 * @throws {RangeError} if the series differ in length
 */
export function pairedRatios(ours: readonly number[], peers: readonly number[]): number[] {
  if (ours.length !== peers.length) {
    throw new RangeError(`${ours.length} measurements of ours and ${peers.length} of the peer are no pairs`);
  }
  return ours.map((value, index) => value / at(peers, index));
}

function sortedNumbers(values: readonly number[]): number[] {
  if (values.length === 0) throw new RangeError("there is no measurement to sum up");
  const wrong = values.find((value) => !Number.isFinite(value));
  if (wrong !== undefined) throw new RangeError(`${wrong} is no measurement`);
  return [...values].sort((a, b) => a - b);
}

function at(values: readonly number[], index: number): number {
  const value = values[index];
  if (value === undefined) throw new RangeError(`there is no measurement ${index}`);
  return value;
}
