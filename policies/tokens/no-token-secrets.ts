import { objectPolicy } from "../kernel/policy";
import { tokenSecretRemedy, tokenSecretType } from "./settings";

/** Secrets that hold a ServiceAccount's token for ever. */
export const noTokenSecrets = objectPolicy({
  name: "no-token-secrets",
  description: "No Secret holds a long-lived ServiceAccount token.",
  reason: "It never expires, is for the Kubernetes API, and is whoever's who may read Secrets of the namespace.",
  severity: "high",
  kinds: ["Secret"],
  check: (object, _settings, findings) => {
    const field = object.root.at("type");
    if (field.text() === tokenSecretType) findings.add(object, field, "must be another type", tokenSecretRemedy);
  },
  example: {
    violation: `{ kind: Secret, type: ${tokenSecretType}, metadata: { annotations: { kubernetes.io/service-account.name: web } } }`,
    fix: "volumes: [{ name: nats-token, projected: { sources: [{ serviceAccountToken: { audience: nats, path: token } }] } }]",
  },
});
