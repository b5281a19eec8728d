import type { Field } from "../kernel/field";
import { readNatsConfig } from "../kernel/nats-config";
import { objectPolicy } from "../kernel/policy";
import { eachHeld, holders } from "./held";
import { leavesOf } from "./leaves";

const key = "no_auth_user";
const mention = /no_auth_user/i;

/** As a line of a configuration, or the path of a patch, has it. */
const written = /(^|[\s/"'{,;.])no_auth_user(["']?\s*[:=]|\s+\S|$)/im;

/** A user for whoever comes without a login. */
export const noAuthUser = objectPolicy({
  name: "no-auth-user",
  description: "No NATS configuration has a no_auth_user.",
  reason: "Whoever reaches the server is that user, without a token or creds.",
  severity: "critical",
  check: (object, _settings, findings) => {
    const remedy = "Take it out; apps log in with their ServiceAccount's token, others with creds.";
    // Values of charts, custom objects and commands: as a key of a map, or in a text.
    const leaves = leavesOf(object.root).filter(({ field }) => mayTell(field) && !isHeld(object.kind, field.keys));
    findings.each(object, leaves, ({ field }) => {
      const { value } = field;
      const isKey = isNamed(field);
      if (isKey ? value === undefined || value === "" : typeof value !== "string" || !written.test(value)) return;
      findings.add(object, field, `must not have ${key}`, remedy, isKey ? undefined : `a text with ${key}`);
    });
    eachHeld(object, findings, ({ field, text }) => {
      // Not every text is read: few say it at all.
      if (!mention.test(text)) return;
      const has =
        readNatsConfig(text)
          .everything()
          .some((entry) => entry.key === key) || written.test(uncommented(text));
      if (has) findings.add(object, field, `must not have ${key}`, remedy, `a NATS configuration with ${key}`);
    });
  },
  example: {
    violation: "config: { merge: { no_auth_user: guest } }",
    fix: "config: { merge: { $include: ../nats-auth/auth.conf } } # operator, accounts, no user for everybody",
  },
});

function isNamed({ keys }: Field): boolean {
  return keys.some((one) => String(one).toLowerCase() === key);
}

/** Of most that is not known yet, such as the name of a namespace, nothing need be said: only of a chart's values. */
function mayTell(field: Field): boolean {
  return field.isKnown || isNamed(field) || field.keys[0] === "values";
}

function isHeld(kind: string, [place]: readonly (string | number)[]): boolean {
  return holders.includes(kind) && ["data", "binaryData", "stringData"].includes(String(place));
}

/** Lines that are nothing but a comment, in NATS' configuration and in most others, say nothing. */
function uncommented(text: string): string {
  return text.replace(/^[ \t]*(#|\/\/).*$/gm, "");
}
