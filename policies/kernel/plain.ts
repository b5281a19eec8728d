import { Secret } from "@pulumi/policy";
import { unknown } from "./field";

/** By these names the engine's library gives what is behind a proxy of its own. */
const isProxy = "__isSpecialProxy";
const proxyTarget = "__getSpecialProxyTarget";

/** What stands for a value that a preview does not know, in the engine's protocol, by the value's type. */
const unknowns: ReadonlySet<unknown> = new Set([
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7", // boolean
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421", // number
  "04da6b54-80e4-46f7-96ec-b56ff0331ba9", // text
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2", // list
  "030794c1-ac77-496b-92df-f27374a8bd58", // asset
  "e48ece36-62e2-4504-bad9-02848725956a", // archive
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff", // map
]);

/**
 * A resource's properties as plain values, with {@link unknown} in the place of each that a preview does not know, and secrets as what they are. The
 * engine's library hands them over behind proxies that throw when such a value is read, at whatever depth; to read through them takes ten times as
 * long as what is behind them, and every policy reads every resource.
 */
export function plain(value: unknown): unknown {
  return copy(unwrapped(value));
}

function unwrapped(value: unknown): unknown {
  let inner = value as Record<string, unknown> | undefined;
  while (typeof inner === "object" && inner !== null && inner[isProxy]) inner = inner[proxyTarget] as typeof inner;
  return inner;
}

function copy(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return unknowns.has(value) ? unknown : value;
  if (Array.isArray(value)) return value.map(copy);
  if (value instanceof Secret) return copy(value.value);
  // Each an own one, whatever it is called.
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, copy(item)]));
}
