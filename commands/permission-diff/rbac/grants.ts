import { asList, asMap } from "../../../policies/identity/jwt";
import type { RegisteredResource, StackFacts } from "../program/facts";

/** What a rule is about. */
type GrantObject =
  | { readonly group: string; readonly resource: string }
  | { readonly path: string }
  | { readonly role: string };

/** One thing that somebody may do in Kubernetes. `*` stands for all. */
export interface Grant {
  readonly stack: string;
  /** Such as `ServiceAccount nats/account-sync`. */
  readonly who: string;
  readonly verb: string;
  readonly object: GrantObject;
  /** For people: group and resource, such as `apps/deployments`, or a path; of a role that no stack makes, the role. */
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
  // Two stacks may make roles of one name: which of them is there is not known.
  const roles = all.filter(({ kind }) => /^(Cluster)?Role$/.test(kind));
  return all.flatMap(({ stack, kind, namespace: own, inputs }) => {
    if (!/^(Cluster)?RoleBinding$/.test(kind)) return [];
    const namespace = kind === "RoleBinding" ? own : "*";
    const { kind: roleKind, name } = asMap(inputs.roleRef);
    const id = roleId(String(roleKind), own, String(name));
    const made = roles.filter((role) => roleId(role.kind, role.namespace, role.name) === id);
    const role = `all of ${roleKind} ${name}`;
    const allowed =
      made.length > 0
        ? made.flatMap(({ inputs: { rules } }) => asList(rules).flatMap((rule) => targets(asMap(rule))))
        : [{ verb: "*", target: role, object: { role } }];
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

function targets(rule: Readonly<Record<string, unknown>>): Pick<Grant, "verb" | "target" | "object" | "name">[] {
  const texts = (key: string) => asList(rule[key]).map(String);
  const names = texts("resourceNames").length > 0 ? texts("resourceNames").map((name) => ({ name })) : [{}];
  const resources = texts("apiGroups").flatMap((group) =>
    texts("resources").map((resource) => {
      return { target: group === "" ? resource : `${group}/${resource}`, object: { group, resource } };
    }),
  );
  return texts("verbs").flatMap((verb) => [
    ...resources.flatMap((resource) => names.map((name) => ({ verb, ...resource, ...name }))),
    ...texts("nonResourceURLs").map((path) => ({ verb, target: path, object: { path } })),
  ]);
}

/** Whether the first allows all that the second does. */
export function includes(wide: Grant, narrow: Grant): boolean {
  return (
    wide.who === narrow.who &&
    isSame(wide.verb, narrow.verb) &&
    isSame(wide.namespace, narrow.namespace) &&
    isAbout(wide.object, narrow.object) &&
    (wide.name === undefined || wide.name === narrow.name)
  );
}

function isAbout(wide: GrantObject, narrow: GrantObject): boolean {
  if ("path" in wide) return "path" in narrow && isSame(wide.path, narrow.path);
  if ("role" in wide) return "role" in narrow && wide.role === narrow.role;
  return "group" in narrow && isSame(wide.group, narrow.group) && isSame(wide.resource, narrow.resource);
}

function isSame(wide: string, narrow: string): boolean {
  return wide === "*" || wide === narrow;
}
