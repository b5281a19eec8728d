import { objectPolicy } from "../kernel/policy";
import { eachHeld } from "./held";
import { jwtsIn, type NatsClaims } from "./jwt";

interface Settings {
  readonly requireExpiry: boolean;
  readonly expiresWithinDays: number;
  readonly maxAgeDays: number;
  readonly ignored: readonly string[];
}

const day = 86_400;

/**
 * How old users' creds are. A program that must write the same JWT at every run takes its `iat` from when that JWT was first issued and keeps it:
 * the age is that of the key then, as it should be, and nothing is said before {@link Settings.maxAgeDays} have gone by without a rotation.
 */
export const credsAge = objectPolicy<Settings>({
  name: "creds-age",
  description: "Creds are renewed in time: before they expire, and at least once in a while.",
  reason: "Expired creds lock out who uses them; of old ones nobody knows any more who has had a copy.",
  severity: "medium",
  level: "advisory",
  kinds: ["Secret"],
  settings: {
    requireExpiry: {
      type: "boolean",
      description: "Whether users' JWTs must expire at some time.",
      default: false,
    },
    expiresWithinDays: {
      type: "integer",
      minimum: 0,
      description: "Days before they expire from which on it is told.",
      default: 30,
    },
    maxAgeDays: {
      type: "integer",
      minimum: 1,
      description: "Days after which creds are to be renewed.",
      default: 365,
    },
    ignored: {
      type: "array",
      items: { type: "string" },
      description: "Names of users whose creds need no renewal.",
      // The one may do nothing, the other's have expired on purpose, to prove that servers refuse them.
      default: ["sentinel", "expired"],
    },
  },
  check: (object, settings, findings) => {
    const now = Date.now() / 1000;
    eachHeld(object, findings, ({ field, text }) => {
      const users = jwtsIn(text).filter(({ type, name }) => type === "user" && !settings.ignored.includes(name));
      for (const claims of users) {
        const problem = problemOf(claims, settings, now);
        if (!problem) continue;
        const shown = `a text with the JWT of user ${JSON.stringify(claims.name)}, which ${problem.is}`;
        findings.add(
          object,
          field,
          problem.accepted,
          "Issue it anew, with another key, and replace the Secret.",
          shown,
        );
      }
    });
  },
  example: {
    violation: "{ iat: 2024-01-01, exp: 2024-12-31 }",
    fix: "{ iat: 2026-06-01, exp: 2027-06-01 }",
  },
});

function problemOf(
  { exp, iat }: NatsClaims,
  { requireExpiry, expiresWithinDays, maxAgeDays }: Settings,
  now: number,
): { is: string; accepted: string } | undefined {
  // 0 is how a JWT says that it never expires, too.
  if (typeof exp === "number" && exp !== 0) {
    if (exp <= now) return { is: `expired on ${date(exp)}`, accepted: "must not have expired" };
    if (exp <= now + expiresWithinDays * day) {
      return { is: `expires on ${date(exp)}`, accepted: `must be good for more than ${expiresWithinDays} days` };
    }
  } else if (requireExpiry) return { is: "never expires", accepted: "must expire" };
  if (typeof iat !== "number") return { is: "does not say when it was issued", accepted: "must say when" };
  if (iat < now - maxAgeDays * day) {
    return { is: `was issued on ${date(iat)}`, accepted: `must be at most ${maxAgeDays} days old` };
  }
  return undefined;
}

function date(seconds: number): string {
  const time = new Date(seconds * 1000);
  return Number.isNaN(time.getTime()) ? "no day there is" : time.toISOString().slice(0, 10);
}
