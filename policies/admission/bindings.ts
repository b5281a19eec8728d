import { clientLabel } from "../tokens/client";
import { fieldOr, text } from "./cel";
import { type AdmissionSpec, validation } from "./policy-spec";

/**
 * Who binds a pod to a node may give it labels in doing so, past all that is said of pods: not those by which policies tell whose and what it is.
 * Others are let through, since Kubernetes itself passes on those of a node's zone.
 */
export function bindings(tenantLabel: string): AdmissionSpec {
  const has = (label: string) => `${text(label)} in ${fieldOr("{}", "object", "metadata", "labels")}`;
  const labels = [tenantLabel, clientLabel];
  return {
    failurePolicy: "Fail",
    matchConstraints: {
      resourceRules: [
        { apiGroups: [""], apiVersions: ["v1"], operations: ["CREATE"], resources: ["bindings", "pods/binding"] },
      ],
    },
    validations: labels.map((label) =>
      validation(
        `!(${has(label)})`,
        `${text(`metadata.labels.${label} of the Binding is `)} + object.metadata.labels[${text(label)}]`,
        "must not be set",
        "Label pods where they are made.",
      ),
    ),
  };
}
