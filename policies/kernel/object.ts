import { Field } from "./field";

/** A resource as the engine tells of it, its properties made {@link plain}. */
export interface PulumiResource {
  readonly urn: string;
  /** Such as `kubernetes:apps/v1:Deployment`. */
  readonly type: string;
  readonly name: string;
  readonly props: unknown;
  readonly isProtected: boolean;
}

/** An object of Kubernetes that a resource makes, or changes. */
export interface KubernetesObject {
  readonly resource: PulumiResource;
  /** Such as `apps/v1`. */
  readonly apiVersion: string;
  readonly kind: string;
  /** Only some fields of an object that somebody else makes: what is missing may be there. */
  readonly isPatch: boolean;
  readonly root: Field;
}

/** In a list of kinds: every kind of an API group that is not Kubernetes' own. Such kinds are made all the time, no list of them is ever whole. */
export const customKinds = "(custom)";

/** API groups whose kinds come with Kubernetes. Others may end with `k8s.io`, too. */
const ownGroups = [
  ...["", "core", "meta", "apps", "batch", "autoscaling", "policy", "extensions"],
  ...[
    "admissionregistration",
    "apiextensions",
    "apiregistration",
    "auditregistration",
    "authentication",
    "authorization",
    "certificates",
    "coordination",
    "discovery",
    "events",
    "flowcontrol.apiserver",
    "internal.apiserver",
    "networking",
    "node",
    "rbac.authorization",
    "resource",
    "scheduling",
    "settings",
    "storage",
    "storagemigration",
  ].map((name) => `${name}.k8s.io`),
];

/** What is of Pulumi alone: charts, and files of objects. */
const pulumiGroup = /^(helm\.sh|yaml|kustomize)\b/;

const kubernetesType = /^kubernetes:([^:]+):(\w+)$/;

/** The API group of an API version; empty for that of Pods. */
export function groupOf(apiVersion: string): string {
  return apiVersion.includes("/") ? apiVersion.slice(0, apiVersion.indexOf("/")) : "";
}

/** Whether an API version is of a group that is not Kubernetes' own. */
export function isCustom(apiVersion: string): boolean {
  return !ownGroups.includes(groupOf(apiVersion)) && !pulumiGroup.test(apiVersion);
}

/** Whether a resource of a type is of one of the kinds; see {@link customKinds}. */
export function isOfKinds(type: string, kinds: readonly string[] | undefined): boolean {
  const kind = kindOf(type);
  if (kind === undefined || kinds === undefined) return kind !== undefined;
  const [, apiVersion = ""] = kubernetesType.exec(type) ?? [];
  return kinds.includes(kind) || (kinds.includes(customKinds) && isCustom(apiVersion));
}

/** The kind of what a resource of a type stands for, by the type alone: of a list that of its items. Undefined for what is not Kubernetes'. */
export function kindOf(type: string): string | undefined {
  return kubernetesType.exec(type)?.[2]?.replace(/(Patch|List)$/, "");
}

/**
 * The objects of Kubernetes that a resource stands for: one, those of a list, none if it is something else. The type of a resource of the SDK says
 * which; of a CustomResource it does so too, its properties say the same.
 */
export function objectsOf(resource: PulumiResource): KubernetesObject[] {
  const [, group = "", token = ""] = kubernetesType.exec(resource.type) ?? [];
  // Charts and releases, and everything of yaml and kustomize, are no objects; what a chart or a file comes to are resources of their own.
  if (token === "" || pulumiGroup.test(group)) return [];
  const root = new Field(resource.props);
  const roots = token.endsWith("List") ? itemsOf(root.at("items")) : [root];
  const kind = kindOf(resource.type) ?? token;
  const common = { resource, apiVersion: group.replace(/^core\//, ""), kind, isPatch: token.endsWith("Patch") };
  return roots.map((one) => ({ ...common, root: one }));
}

/** The chart that a resource installs, for what its values say: what a Release comes to is told nowhere else. */
export function chartsOf(resource: PulumiResource): KubernetesObject[] {
  const [, apiVersion = "", kind = ""] = kubernetesType.exec(resource.type) ?? [];
  if (!apiVersion.startsWith("helm.sh/")) return [];
  return [{ resource, apiVersion, kind, isPatch: false, root: new Field(resource.props) }];
}

/** Items that are not known, or are no list, stand for an object of which nothing can be read: who reads it is told so. */
function itemsOf(items: Field): Field[] {
  return items.isKnown && (items.value === undefined || Array.isArray(items.value)) ? items.list() : [items];
}

/** `namespace/name`, as far as they are known and readable; Pulumi's name where Kubernetes' is not. */
export function nameOf({ resource, root }: KubernetesObject): string {
  const read = (key: string) => {
    try {
      return root.at("metadata", key).text();
    } catch {
      return undefined;
    }
  };
  return [read("namespace"), read("name") ?? resource.name].filter(Boolean).join("/");
}

/** The namespace an object is in; `default` where none is written. */
export function namespaceOf({ root }: KubernetesObject): string {
  return root.at("metadata", "namespace").text() ?? "default";
}
