import { isDeepStrictEqual } from "node:util";
import { admissionActions, admissionPolicies } from "../../components/tenancy/admission";
import type { Check } from "../../services/verify/runner";
import type { ClusterContext } from "./cluster-checks";

/** The API server's policies for tenants say what this program makes them say, and are in force where they should be. */
export const admissionPolicyObjects: Check<ClusterContext> = {
  name: "admission-policies",
  async run({ snapshot, expected }) {
    const { admission } = snapshot;
    if (!admission) throw new Error("ValidatingAdmissionPolicies cannot be listed with these credentials");
    const actions = admissionActions[expected.admission.action];
    const policies = admissionPolicies(expected.admission);
    const wrong = policies.flatMap(({ name, spec, bindings }) => {
      const found = admission.policies.find(({ metadata }) => metadata?.name === name);
      if (!found) return [`${name} does not exist`];
      const { failurePolicy, matchConditions, variables, validations } = spec;
      const parts = { failurePolicy, matchConditions, variables, validations };
      const isSame = Object.entries(parts).every(([key, part]) => {
        return isDeepStrictEqual(plain(found.spec?.[key as keyof typeof parts]), plain(part));
      });
      const wrongBindings = bindings.flatMap((binding) => {
        const bound = admission.bindings.find(({ metadata }) => metadata?.name === binding.name)?.spec;
        if (!bound) return [`its binding ${binding.name} does not exist`];
        const isBound =
          bound.policyName === name &&
          isDeepStrictEqual(plain(bound.validationActions), plain(actions)) &&
          isDeepStrictEqual(plain(bound.matchResources?.namespaceSelector), plain(binding.namespaceSelector));
        return isBound ? [] : [`its binding ${binding.name} was changed`];
      });
      return [...(isSame ? [] : [`${name} was changed`]), ...wrongBindings];
    });
    if (wrong.length) throw new Error(wrong.join("; "));
    return `${policies.length} policies for tenants: ${actions.join(", ")}`;
  },
};

/** Without what is undefined, and without the client library's classes. */
function plain(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}
