import { ApiError, type KubeClient } from "./client";
import { apiVersionFor, type GroupVersionKind, gvkOf, type KubeObject, mapsAt, namespaceOf, textAt } from "./objects";

/** Where the objects of a kind live in the API. */
export interface ResourceType {
  /** Path of the group and version: `/api/v1`, `/apis/apps/v1`. */
  readonly base: string;
  /** Plural name, as in a URL. */
  readonly plural: string;
  readonly namespaced: boolean;
}

/** The API server does not serve this kind: no such CustomResourceDefinition, or an apiVersion it no longer has. */
export class UnknownKindError extends Error {
  constructor(gvk: GroupVersionKind) {
    super(`no matches for kind "${gvk.kind}" in version "${apiVersionFor(gvk)}"`);
  }
}

/** Kinds the API server serves, asked for one group and version at a time and remembered. */
export class Discovery {
  readonly #versions = new Map<string, Promise<Map<string, ResourceType>>>();

  constructor(private readonly client: KubeClient) {}

  /** @throws {UnknownKindError} if the server does not serve the kind, after asking it afresh */
  async resourceType(gvk: GroupVersionKind): Promise<ResourceType> {
    const base = gvk.group ? `/apis/${gvk.group}/${gvk.version}` : `/api/${gvk.version}`;
    const known = (await this.#kinds(base)).get(gvk.kind);
    if (known) return known;
    this.#versions.delete(base);
    const fresh = (await this.#kinds(base)).get(gvk.kind);
    if (!fresh) throw new UnknownKindError(gvk);
    return fresh;
  }

  /** {@link resourceType}, undefined for a kind that is not served (yet). */
  async find(gvk: GroupVersionKind): Promise<ResourceType | undefined> {
    try {
      return await this.resourceType(gvk);
    } catch (error) {
      if (error instanceof UnknownKindError) return undefined;
      throw error;
    }
  }

  /** Path of one object, or of its collection when `name` is left out. */
  async path(object: KubeObject, name?: string): Promise<string> {
    return resourcePath(await this.resourceType(gvkOf(object)), namespaceOf(object), name);
  }

  #kinds(base: string): Promise<Map<string, ResourceType>> {
    let kinds = this.#versions.get(base);
    if (!kinds) {
      kinds = this.#fetch(base);
      this.#versions.set(base, kinds);
      kinds.catch(() => this.#versions.delete(base));
    }
    return kinds;
  }

  async #fetch(base: string): Promise<Map<string, ResourceType>> {
    const kinds = new Map<string, ResourceType>();
    try {
      const list = await this.client.request("GET", base);
      for (const resource of mapsAt(list, "resources")) {
        const plural = textAt(resource, "name");
        if (plural.includes("/")) continue; // a subresource: deployments/scale
        kinds.set(textAt(resource, "kind"), { base, plural, namespaced: resource.namespaced === true });
      }
    } catch (error) {
      if (!(error instanceof ApiError && error.code === 404)) throw error;
    }
    return kinds;
  }
}

/** Path of an object in the API, or of its collection when `name` is left out. */
export function resourcePath(type: ResourceType, namespace: string, name?: string): string {
  const scope = type.namespaced && namespace ? `/namespaces/${encodeURIComponent(namespace)}` : "";
  return `${type.base}${scope}/${type.plural}${name === undefined ? "" : `/${encodeURIComponent(name)}`}`;
}
