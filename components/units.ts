/** Sizes and durations as Kubernetes, NATS and people write them. */

const binaryUnits: Readonly<Record<string, number>> = { Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40 };
const secondsPerUnit: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** What {@link parseSize} accepts, for error messages. */
export const sizeFormat = "a whole number with a binary unit (Ki, Mi, Gi, Ti), such as 10Gi";

/** What {@link parseDuration} accepts, for error messages. */
export const durationFormat = "a whole number with a unit (s, m, h, d), such as 15m or 7d, at most 36500d";

/** A hundred years: JetStream counts nanoseconds in 64 bits, which end after 292. */
const mostSeconds = 36_500 * 86_400;

/**
 * Bytes of a size such as `10Gi`.
 * Only binary units are taken: they mean the same to Kubernetes (volume sizes) and to nats-server (store limits), while `10G` does not.
 * @returns bytes, or undefined if the text is not a size
 */
export function parseSize(text: string): number | undefined {
  const match = /^([1-9]\d*)(Ki|Mi|Gi|Ti)$/.exec(text);
  const factor = match?.[2] === undefined ? undefined : binaryUnits[match[2]];
  return exact(Number(match?.[1]) * (factor ?? Number.NaN));
}

/** The shortest exact text of a number of bytes, the inverse of {@link parseSize}: 1073741824 is `1Gi`; below 1 KiB `512B`. */
export function formatSize(bytes: number): string {
  const unit = Object.entries(binaryUnits)
    .reverse()
    .find(([, factor]) => bytes >= factor && bytes % factor === 0);
  return unit ? `${bytes / unit[1]}${unit[0]}` : `${bytes}B`;
}

/**
 * Seconds of a duration such as `15m`, `1h` or `7d`.
 * @returns seconds, or undefined if the text is not a duration
 */
export function parseDuration(text: string): number | undefined {
  const match = /^([1-9]\d*)([smhd])$/.exec(text);
  const factor = match?.[2] === undefined ? undefined : secondsPerUnit[match[2]];
  const seconds = exact(Number(match?.[1]) * (factor ?? Number.NaN));
  return seconds !== undefined && seconds <= mostSeconds ? seconds : undefined;
}

/** What {@link parseCpu} accepts, for error messages. */
export const cpuFormat = "CPUs such as 500m, 2 or 0.5";

/**
 * CPUs of a text such as `500m` (half of one), `2` or `0.5`.
 * @returns CPUs, or undefined if the text is no amount of them
 */
export function parseCpu(text: string): number | undefined {
  if (!/^(\d+m|\d+(\.\d{1,3})?)$/.test(text)) return undefined;
  const cpus = text.endsWith("m") ? Number(text.slice(0, -1)) / 1000 : Number(text);
  return cpus > 0 ? cpus : undefined;
}

function exact(value: number): number | undefined {
  return Number.isSafeInteger(value) ? value : undefined;
}
