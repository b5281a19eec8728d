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

const quantityFactors: Readonly<Record<string, number>> = {
  "": 1,
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  ...binaryUnits,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/**
 * Number of any amount that Kubernetes writes: `1500m` is 1.5, `2Gi` 2147483648, `1e3` 1000. For what the API server answers;
 * configuration takes the fewer forms of {@link parseSize} and {@link parseCpu}.
 * @returns the number, or undefined if the text is no amount
 * @see https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
 */
export function parseQuantity(text: string): number | undefined {
  const match = /^([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)([a-zA-Z]{0,2})$/.exec(text);
  const factor = quantityFactors[match?.[2] ?? "?"];
  return match && factor !== undefined ? Number(match[1]) * factor : undefined;
}

/**
 * Go's soft memory limit for a container, as `GOMEMLIMIT` takes it: nine tenths of the container's, so that the collector works before the kernel kills.
 * @throws {RangeError} if the text is not a size
 */
export function goMemoryLimit(memory: string): string {
  const bytes = parseSize(memory);
  if (bytes === undefined) throw new RangeError(`memory limit ${memory} is not a size such as 1Gi`);
  return `${Math.floor((bytes * 0.9) / 2 ** 20)}MiB`;
}

function exact(value: number): number | undefined {
  return Number.isSafeInteger(value) ? value : undefined;
}
