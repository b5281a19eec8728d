import { type KubernetesObject, namespaceOf } from "../kernel/object";
import { objectPolicy } from "../kernel/policy";
import { holdsSeedOf } from "./credentials";
import { eachHeld } from "./held";

/** Keys that sign accounts or users. Outside of Secrets there may be no seed at all: policy no-plain-credentials. */
export const noPrivateKeys = objectPolicy<{ accounts: string[]; operators: string[] }>({
  name: "no-private-keys",
  description: "No Secret holds the seed of an operator or an account, unless it is one that must.",
  reason: "Whoever reads it signs accounts, or users of that account: no server can tell them from others.",
  severity: "critical",
  kinds: ["Secret"],
  settings: {
    accounts: {
      type: "array",
      items: { type: "string" },
      description: "Secrets that hold a signing key of an account, as namespace/name, in which * stands for any text.",
      // What the authorization callout signs with: its answers, and users of the tenants' apps.
      default: ["nats/nats-auth-callout-signing", "nats-callout/nats-app-signer-*"],
    },
    operators: {
      type: "array",
      items: { type: "string" },
      description: "Secrets that hold a key of an operator, in the same way.",
      default: [],
    },
  },
  check: (object, { accounts, operators }, findings) => {
    const owners = [
      { letter: "O", owner: "an operator", declared: operators, setting: "operators" },
      { letter: "A", owner: "an account", declared: accounts, setting: "accounts" },
    ];
    eachHeld(object, findings, ({ field, text }) => {
      for (const { letter, owner, declared, setting } of owners) {
        if (!holdsSeedOf(letter, text) || isNamed(object, declared)) continue;
        findings.add(
          object,
          field,
          `must hold no seed of ${owner}`,
          `Keep it in the stack's encrypted state, or name the Secret in ${setting}.`,
          `a text with the seed of ${owner}`,
        );
      }
    });
  },
  example: {
    violation: "{ kind: Secret, metadata: { name: operator }, stringData: { seed: SO... } }",
    fix: "{ kind: Secret, metadata: { name: nats-app-signer-acme, namespace: nats-callout }, stringData: { signing.seed: SA... } }",
  },
});

function isNamed(object: KubernetesObject, patterns: readonly string[]): boolean {
  const name = `${namespaceOf(object)}/${object.root.at("metadata", "name").text() ?? ""}`;
  return patterns.some((pattern) => {
    const texts = pattern.split("*").map((text) => text.replace(/[^\w/-]/g, "\\$&"));
    return new RegExp(`^${texts.join("[^/]*")}$`).test(name);
  });
}
