import { unknown } from "./field";

/**
 * A resource's properties as plain values, with {@link unknown} in the place of each that a preview does not know. The engine's library hands them over
 * behind proxies that throw when such a value is read, at whatever depth.
 */
export function plain(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  const keys = Object.keys(value);
  const read = (key: string) => {
    try {
      return plain((value as Record<string, unknown>)[key]);
    } catch (error) {
      if (error instanceof Error && "unknownTypeSentinel" in error) return unknown;
      throw error;
    }
  };
  return Array.isArray(value) ? keys.map(read) : Object.fromEntries(keys.map((key) => [key, read(key)]));
}
