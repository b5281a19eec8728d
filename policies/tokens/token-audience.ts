import { podKinds, podTemplate } from "../kernel/pods";
import { objectPolicy } from "../kernel/policy";
import { natsTokens, tokenSources } from "./client";
import { audience } from "./settings";

/** The audience of tokens for NATS. */
export const tokenAudience = objectPolicy<{ audience: string }>({
  name: "token-audience",
  description: "The ServiceAccount token that a NATS client logs in with is for NATS and for nobody else.",
  reason:
    "A token without an audience is one for the Kubernetes API: whoever it is shown to, such as a NATS server that was taken over, may use it there.",
  severity: "critical",
  kinds: podKinds,
  settings: { audience },
  check: (object, settings, findings) => {
    findings.each(object, natsTokens(object, settings.audience), (token) => {
      const field = token.at("audience");
      if (field.text() === settings.audience) return;
      findings.add(
        object,
        field,
        `must be exactly ${JSON.stringify(settings.audience)}`,
        `Set audience: ${settings.audience} in the serviceAccountToken of the projected volume.`,
      );
    });
  },
  remedy: (object, settings) => {
    const template = podTemplate(object);
    if (!template) return [];
    const audiences = tokenSources(template).map(({ source }) => source.at("audience"));
    // Beside a token that is for NATS, the audience of another may be right, and what names it wrong.
    if (audiences.some((field) => field.text() === settings.audience)) return [];
    const tokens = natsTokens(object, settings.audience);
    // Which of several an app logs in with only its variables tell.
    if (tokens.length !== 1) return [];
    return tokens
      .map((token) => token.at("audience"))
      .filter((field) => isMeant(field.text(), settings.audience))
      .map((field) => ({ field, value: settings.audience }));
  },
  example: {
    violation: "serviceAccountToken: { path: token, expirationSeconds: 3600 }",
    fix: "serviceAccountToken: { audience: nats, path: token, expirationSeconds: 3600 }",
  },
});

/** A token for somebody else may be meant for them. */
function isMeant(given: string | undefined, audience: string): boolean {
  return !given || given.trim().toLowerCase() === audience.toLowerCase();
}
