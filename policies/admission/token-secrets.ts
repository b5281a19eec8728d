import { tokenSecretRemedy, tokenSecretType } from "../tokens/settings";
import { text } from "./cel";
import { type AdmissionSpec, validation } from "./policy-spec";

/** What `no-token-secrets` says, for the API server: nobody makes a Secret that is a ServiceAccount's token for ever. */
export function tokenSecrets(): AdmissionSpec {
  const expression = `object.?type.orValue('') != ${text(tokenSecretType)}`;
  return {
    failurePolicy: "Fail",
    matchConstraints: {
      resourceRules: [{ apiGroups: [""], apiVersions: ["v1"], operations: ["CREATE"], resources: ["secrets"] }],
    },
    validations: [validation(expression, "'type is ' + object.type", "must be another type", tokenSecretRemedy)],
  };
}
