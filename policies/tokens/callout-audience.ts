import { containersOf, podKinds, podTemplate, variable } from "../kernel/pods";
import { objectPolicy } from "../kernel/policy";
import { audience } from "./settings";

/** What the authorization callout takes, beside what clients have. */
export const calloutAudience = objectPolicy<{ audience: string; labels: Record<string, string>; variable: string }>({
  name: "callout-audience",
  description: "The authorization callout takes tokens for the very audience that clients' tokens are for.",
  reason:
    "One that takes tokens for another audience, such as the Kubernetes API's, lets in whoever has one that was never meant for NATS.",
  severity: "critical",
  kinds: podKinds,
  settings: {
    audience,
    labels: {
      type: "object",
      description: "Labels of the callout's pods.",
      default: { "app.kubernetes.io/name": "auth-callout" },
    },
    variable: { type: "string", description: "Its variable with the audience.", default: "AUDIENCE" },
  },
  check: (object, settings, findings) => {
    const template = podTemplate(object);
    if (!template) return;
    const labels = template.at("metadata", "labels").texts();
    if (!Object.entries(settings.labels).every(([key, value]) => labels[key] === value)) return;
    findings.each(object, containersOf(template), (container) => {
      const entry = variable(container, settings.variable);
      if (!entry && object.isPatch) return;
      const field = entry ? entry.at("value") : container.at("env");
      if (entry && field.text() === settings.audience) return;
      findings.add(
        object,
        field,
        `must say ${settings.variable}=${settings.audience}`,
        `Set authCallout.audience to ${settings.audience}, or this policy's audience to the other.`,
        entry ? field.shown : `without ${settings.variable}`,
      );
    });
  },
  example: {
    violation: "env: [{ name: AUDIENCE, value: https://kubernetes.default.svc }]",
    fix: "env: [{ name: AUDIENCE, value: nats }]",
  },
});
