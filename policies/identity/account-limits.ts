import { objectPolicy } from "../kernel/policy";
import { eachHeld, holders } from "./held";
import { asMap, jwtsIn, type NatsClaims } from "./jwt";

/** Limits of an account's connections. Left out of a JWT they are 0, which is none allowed. */
const connecting = ["conn", "leaf", "subs", "payload"];

/** Of what JetStream stores: 0 is none. */
const storing = ["mem_storage", "disk_storage"];

/** Of how many there are, where there is storage: 0 is as many as one likes. */
const counting = ["streams", "consumer"];

/** What an account may take. `data` is not among its limits: no server looks at it. */
export const accountLimits = objectPolicy<{ unlimited: string[] }>({
  name: "account-limits",
  description:
    "Accounts have limits of connections, leaf nodes, subscriptions, payload and, with JetStream, of what they store.",
  reason: "One account without them takes the memory, disks and connections of all others.",
  severity: "high",
  kinds: holders,
  settings: {
    unlimited: {
      type: "array",
      items: { type: "string" },
      description: "Accounts without limits, by name; with /<limit> behind it without that one.",
      // A limit of the system account would shut the operator out when it is filled; PLATFORM's storage bounds what is in it.
      default: ["SYS", "PLATFORM/streams", "PLATFORM/consumer"],
    },
  },
  check: (object, { unlimited }, findings) => {
    eachHeld(object, findings, ({ field, text }) => {
      for (const claims of jwtsIn(text).filter(({ type }) => type === "account")) {
        const missing = missingLimits(claims).filter((limit) => {
          return ![claims.name, `${claims.name}/${limit}`].some((one) => unlimited.includes(one));
        });
        if (missing.length === 0) continue;
        const account = JSON.stringify(claims.name);
        findings.add(
          object,
          field,
          "each must be a whole number, of streams and consumers from 1, of others from 0",
          `Issue the JWT with these limits, or name ${claims.name}/<limit> in unlimited.`,
          `a text with the JWT of account ${account}, which has no limit of ${missing.join(", ")}`,
        );
      }
    });
  },
  example: {
    violation: "limits: { conn: -1, leaf: -1, subs: -1, payload: -1, disk_storage: -1 }",
    fix: "limits: { conn: 1000, leaf: 0, subs: 10000, payload: 1048576, disk_storage: 10737418240, streams: 10, consumer: 100 }",
  },
});

function missingLimits({ nats }: NatsClaims): string[] {
  const limits = asMap(nats.limits);
  const tiers = Object.entries(asMap(limits.tiered_limits)).map(([tier, of]) => ({
    prefix: `${tier}.`,
    of: asMap(of),
  }));
  return [
    ...connecting.filter((name) => !isLimit(limits[name], 0)),
    ...[{ prefix: "", of: limits }, ...tiers].flatMap(({ prefix, of }) =>
      jetstreamWithout(of).map((name) => `${prefix}${name}`),
    ),
  ];
}

function jetstreamWithout(limits: Readonly<Record<string, unknown>>): string[] {
  const isOn = storing.some((name) => (limits[name] ?? 0) !== 0);
  if (!isOn) return [];
  return [
    ...storing.filter((name) => !isLimit(limits[name], 0)),
    ...counting.filter((name) => !isLimit(limits[name], 1)),
  ];
}

function isLimit(value: unknown, least: 0 | 1): boolean {
  return Number.isSafeInteger(value ?? 0) && Number(value ?? 0) >= least;
}
