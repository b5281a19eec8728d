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

const kubernetesType = /^kubernetes:([^:]+):(\w+)$/;

/**
 * The objects of Kubernetes that a resource stands for: one, those of a list, none if it is something else. The type of a resource of the SDK says
 * which; of a CustomResource it does so too, its properties say the same.
 */
export function objectsOf(resource: PulumiResource): KubernetesObject[] {
  const [, group = "", token = ""] = kubernetesType.exec(resource.type) ?? [];
  // Charts and releases, and everything of yaml and kustomize, are no objects; what a chart or a file comes to are resources of their own.
  if (token === "" || /^(helm\.sh|yaml|kustomize)\b/.test(group)) return [];
  const isPatch = token.endsWith("Patch");
  const kind = isPatch ? token.slice(0, -"Patch".length) : token;
  const root = new Field(resource.props);
  const apiVersion = group.replace(/^core\//, "");
  if (kind.endsWith("List")) {
    const itemKind = kind.slice(0, -"List".length);
    return root
      .at("items")
      .list()
      .map((item) => ({ resource, apiVersion, kind: itemKind, isPatch, root: item }));
  }
  return [{ resource, apiVersion, kind, isPatch, root }];
}

/** `namespace/name`, as far as they are known; Pulumi's name where Kubernetes' is not. */
export function nameOf({ resource, root }: KubernetesObject): string {
  const metadata = root.at("metadata");
  const known = (field: Field) => (field.isKnown && typeof field.value === "string" ? field.value : undefined);
  if (!metadata.isKnown) return resource.name;
  const [namespace, name] = [known(metadata.at("namespace")), known(metadata.at("name"))];
  return [namespace, name ?? resource.name].filter(Boolean).join("/");
}

/** The namespace an object is in; `default` where none is written. */
export function namespaceOf({ root }: KubernetesObject): string {
  return root.at("metadata", "namespace").text() ?? "default";
}
