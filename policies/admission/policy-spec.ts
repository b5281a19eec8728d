/** What a ValidatingAdmissionPolicy says of one thing. */
export interface Validation {
  /** In CEL: must be true. */
  readonly expression: string;
  /** In CEL: names the field, its value, what is accepted and what to do. */
  readonly messageExpression: string;
  /** Where that cannot be told. */
  readonly message: string;
  readonly reason: "Forbidden";
}

/** Spec of a ValidatingAdmissionPolicy, as far as it is used here; its lists are plain ones, as SDKs take them. Which namespaces it is about its bindings say. */
export interface AdmissionSpec {
  readonly failurePolicy: "Fail";
  readonly matchConstraints: { readonly resourceRules: ResourceRule[] };
  readonly matchConditions?: Variable[];
  readonly variables?: Variable[];
  readonly validations: Validation[];
}

/** An expression in CEL and its name; of a variable, `variables.<name>`. */
export interface Variable {
  readonly name: string;
  readonly expression: string;
}

/** Objects that a policy is about. */
export interface ResourceRule {
  readonly apiGroups: string[];
  readonly apiVersions: string[];
  readonly operations: ("CREATE" | "UPDATE")[];
  readonly resources: string[];
}

/**
 * A validation.
 * @param expression in CEL: must be true
 * @param told in CEL, of type text: the field and its value, such as `spec.hostNetwork is true`
 * @param accepted what it must be, such as `must be false`, for people
 * @param remedy what to do, for people
 */
export function validation(expression: string, told: string, accepted: string, remedy: string): Validation {
  const rest = `${accepted}. ${remedy}`;
  return {
    expression,
    messageExpression: `${told} + ${JSON.stringify(`; ${rest}`)}`,
    message: rest,
    reason: "Forbidden",
  };
}
