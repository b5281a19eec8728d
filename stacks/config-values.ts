import { parseDuration, parseSize } from "../components/units";

/** Numbers from texts that the configuration's schema has accepted. */

export function bytes(size: string): number {
  return checked(parseSize(size), size);
}

/** Bytes of a store, of which there may be none. */
export function storage(size: string | 0): number {
  return size === 0 ? 0 : bytes(size);
}

export function seconds(duration: string): number {
  return checked(parseDuration(duration), duration);
}

/** The schema has refused everything else already. */
function checked(value: number | undefined, text: string): number {
  if (value === undefined) throw new RangeError(`${text} passed the configuration's checks but cannot be read`);
  return value;
}
