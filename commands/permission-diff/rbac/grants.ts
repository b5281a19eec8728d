import { asList, asMap } from "../../../policies/identity/jwt";
import type { RegisteredResource, StackFacts } from "../program/facts";

/** One thing that somebody may do in Kubernetes. `*` stands for all. */
export interface Grant {
  readonly stack: string;
  /** Such as `ServiceAccount nats/account-sync`. */
  readonly who: string;
  readonly verb: string;
  /** Group and resource, such as `apps/deployments`, or a path; of a role that no stack makes, the role. */
  readonly target: string;
  /** @default objects of every name */
  readonly name?: string;
  /** A namespace, or `*`. */
  readonly namespace: string;
}

/** What the bindings of an environment's stacks give to whom. */
export function grantsOf(stacks: readonly StackFacts[]): Grant[] {
  const all = stacks.flatMap(({ name: stack, resources }) =>
    resources.map((resource) => ({ stack, ...objectOf(resource) })),
  );
  const roles = new Map(
    all
      .filter(({ kind }) => /^(Cluster)?Role$/.test(kind))
      .map((role) => [roleId(role.kind, role.namespace, role.name), role.inputs]),
  );
  return all.flatMap(({ stack, kind, namespace: own, inputs }) => {
    if (!/^(Cluster)?RoleBinding$/.test(kind)) return [];
    const namespace = kind === "RoleBinding" ? own : "*";
    const { kind: roleKind, name } = asMap(inputs.roleRef);
    const rules = roles.get(roleId(String(roleKind), own, String(name)));
    const allowed = rules
      ? asList(rules.rules).flatMap((rule) => targets(asMap(rule)))
      : [{ verb: "*", target: `all of ${roleKind} ${name}` }];
    return asList(inputs.subjects).flatMap((subject) =>
      allowed.map((one): Grant => ({ stack, who: whoOf(asMap(subject), own), namespace, ...one })),
    );
  });
}

function objectOf({ type, name: resource, inputs }: RegisteredResource) {
  const { name = resource, namespace = "default" } = asMap(inputs.metadata);
  const kind = type.startsWith("kubernetes:rbac.authorization.k8s.io/") ? (type.split(":").at(-1) ?? "") : "";
  return { kind, name: String(name), namespace: String(namespace), inputs };
}

function roleId(kind: string, namespace: string, name: string): string {
  return kind === "ClusterRole" ? `${kind} ${name}` : `${kind} ${namespace}/${name}`;
}

function whoOf({ kind, name, namespace }: Readonly<Record<string, unknown>>, own: string): string {
  return kind === "ServiceAccount" ? `${kind} ${namespace ?? own}/${name}` : `${kind} ${name}`;
}

function targets(rule: Readonly<Record<string, unknown>>): Pick<Grant, "verb" | "target" | "name">[] {
  const texts = (key: string) => asList(rule[key]).map(String);
  const names = texts("resourceNames").length > 0 ? texts("resourceNames").map((name) => ({ name })) : [{}];
  const resources = texts("apiGroups").flatMap((group) =>
    texts("resources").map((one) => (group === "" ? one : `${group}/${one}`)),
  );
  return texts("verbs").flatMap((verb) => [
    ...resources.flatMap((target) => names.map((name) => ({ verb, target, ...name }))),
    ...texts("nonResourceURLs").map((target) => ({ verb, target })),
  ]);
}

/** Whether the first allows all that the second does. */
export function includes(wide: Grant, narrow: Grant): boolean {
  const isSame = (one: string, other: string) => one === "*" || one === other;
  return (
    wide.who === narrow.who &&
    isSame(wide.verb, narrow.verb) &&
    isSame(wide.namespace, narrow.namespace) &&
    (wide.target === narrow.target || /^(\*\/)?\*$/.test(wide.target)) &&
    (wide.name === undefined || wide.name === narrow.name)
  );
}
