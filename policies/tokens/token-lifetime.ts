import { podKinds } from "../kernel/pods";
import { objectPolicy } from "../kernel/policy";
import { natsTokens } from "./client";
import { audience, defaultLife, maxSeconds, shortestLife } from "./settings";

/** How long tokens for NATS are good. */
export const tokenLifetime = objectPolicy<{ audience: string; maxSeconds: number }>({
  name: "token-lifetime",
  description: "The ServiceAccount token that a NATS client logs in with is short-lived.",
  reason: "Who has copied a token is that app until it expires. Kubernetes refuses less than 600 s.",
  severity: "high",
  kinds: podKinds,
  settings: { audience, maxSeconds },
  check: (object, settings, findings) => {
    findings.each(object, natsTokens(object, settings.audience), (token) => {
      const field = token.at("expirationSeconds");
      const seconds = field.number() ?? defaultLife;
      if (Number.isInteger(seconds) && seconds >= shortestLife && seconds <= settings.maxSeconds) return;
      findings.add(
        object,
        field,
        `must be a whole number of seconds from ${shortestLife} to ${settings.maxSeconds}`,
        "Set expirationSeconds: 3600; the kubelet renews the token by itself.",
      );
    });
  },
  example: {
    violation: "serviceAccountToken: { audience: nats, path: token, expirationSeconds: 86400 }",
    fix: "serviceAccountToken: { audience: nats, path: token, expirationSeconds: 3600 }",
  },
});
