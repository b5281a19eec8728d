import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { stringify } from "yaml";
import { json, read, status } from "./http";
import { jsonPatch, mergeData, type PatchOperation } from "./kubernetes-patches";

/** An object as the API server keeps it. */
export interface StoredObject {
  kind?: string;
  apiVersion?: string;
  metadata: {
    name: string;
    /** Empty for objects without one. */
    namespace: string;
    uid?: string;
    resourceVersion?: string;
    creationTimestamp?: string;
    deletionTimestamp?: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
    finalizers?: string[];
  };
  data?: Record<string, string>;
  spec?: Record<string, unknown>;
  status?: Record<string, unknown>;
}

const kinds = {
  secrets: "Secret",
  pods: "Pod",
  leases: "Lease",
  serviceaccounts: "ServiceAccount",
  namespaces: "Namespace",
  events: "Event",
} as const;

type Resource = keyof typeof kinds;

/** A request as RBAC sees it. */
export interface SeenRequest {
  readonly verb: string;
  readonly resource: Resource;
  readonly namespace: string;
  readonly name?: string;
}

interface Change {
  readonly version: number;
  readonly type: "ADDED" | "MODIFIED" | "DELETED";
  readonly resource: Resource;
  readonly object: StoredObject;
}

interface Watcher {
  readonly resource: Resource;
  readonly namespace: string;
  readonly selector: string;
  readonly response: ServerResponse;
}

/** Objects of a namespace, or of all, by a path of the API. */
const paths = new RegExp(
  `^/api(?:s/coordination\\.k8s\\.io)?/v1(?:/namespaces/([^/]+))?/(${Object.keys(kinds).join("|")})(?:/([^/]+))?$`,
);

/** Answers what is asked of no object. @returns undefined for a path it does not know */
export type OtherPaths = (path: string, body: unknown) => object | Promise<object> | undefined;

/** As much of an API server as services need, in memory, over plain HTTP: list, watch, read, create, replace, patch. */
export class FakeKubernetes {
  private readonly objects = new Map<string, StoredObject>();
  private readonly changes: Change[] = [];
  private readonly watchers = new Set<Watcher>();
  private server: Server | undefined;
  private version = 1;
  private port = 0;
  /** Everything that was asked for so far. */
  readonly requests: SeenRequest[] = [];
  /** Has an answer wait, or fail: it may throw. Called with the path of each request. */
  disturb: (path: string) => Promise<void> | void = () => {};

  constructor(private readonly otherPaths: OtherPaths = () => undefined) {}

  /** Starts, or starts again on the same port with the same objects. */
  async start(): Promise<void> {
    this.server = createServer((request, response) => {
      this.handle(request, response).catch((error: Error) => status(response, 500, error.message));
    }).listen(this.port, "127.0.0.1");
    await once(this.server, "listening");
    this.port = (this.server.address() as AddressInfo).port;
  }

  /** Breaks all connections and refuses new ones. */
  async stop(): Promise<void> {
    this.watchers.clear();
    const { server } = this;
    this.server = undefined;
    if (!server) return;
    server.close();
    server.closeAllConnections();
    await once(server, "close");
  }

  /** A kubeconfig for it. */
  kubeconfig(): string {
    return stringify({
      apiVersion: "v1",
      kind: "Config",
      clusters: [
        { name: "fake", cluster: { server: `http://127.0.0.1:${this.port}`, "insecure-skip-tls-verify": true } },
      ],
      users: [{ name: "fake", user: {} }],
      contexts: [{ name: "fake", context: { cluster: "fake", user: "fake" } }],
      "current-context": "fake",
    });
  }

  get(resource: Resource, namespace: string, name: string): StoredObject | undefined {
    return this.objects.get(`${resource}/${namespace}/${name}`);
  }

  /** Objects of a namespace. */
  list(resource: Resource, namespace: string): StoredObject[] {
    return [...this.objects].flatMap(([key, object]) => (key.startsWith(`${resource}/${namespace}/`) ? [object] : []));
  }

  /** Creates or replaces an object. */
  put(resource: Resource, object: StoredObject): void {
    const { name, namespace } = object.metadata;
    const before = this.get(resource, namespace, name);
    const metadata = {
      uid: `uid-${resource}-${name}-${this.version}`,
      creationTimestamp: new Date().toISOString(),
      ...before?.metadata,
      ...object.metadata,
    };
    this.store(resource, { ...object, metadata }, before ? "MODIFIED" : "ADDED");
  }

  /** Changes an object in place. */
  edit(resource: Resource, namespace: string, name: string, change: (object: StoredObject) => void): void {
    const object = structuredClone(this.get(resource, namespace, name));
    if (!object) throw new Error(`there is no ${resource} ${namespace}/${name}`);
    change(object);
    if (object.metadata.deletionTimestamp && !object.metadata.finalizers?.length) this.drop(resource, object);
    else this.store(resource, object, "MODIFIED");
  }

  /** Deletes an object; one with finalizers stays until they are gone. */
  delete(resource: Resource, namespace: string, name: string): void {
    this.edit(resource, namespace, name, ({ metadata }) => {
      metadata.deletionTimestamp = new Date().toISOString();
    });
  }

  private store(resource: Resource, object: StoredObject, type: Change["type"]): void {
    this.version += 1;
    const metadata = { ...object.metadata, resourceVersion: String(this.version) };
    const stored = { ...object, kind: kinds[resource], metadata };
    this.objects.set(`${resource}/${metadata.namespace}/${metadata.name}`, stored);
    this.tell({ version: this.version, type, resource, object: stored });
  }

  private drop(resource: Resource, object: StoredObject): void {
    this.version += 1;
    this.objects.delete(`${resource}/${object.metadata.namespace}/${object.metadata.name}`);
    this.tell({ version: this.version, type: "DELETED", resource, object });
  }

  private tell(change: Change): void {
    this.changes.push(change);
    for (const watcher of this.watchers) sendTo(watcher, change);
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", "http://localhost");
    const body = await read(request);
    await this.disturb(url.pathname);
    const [, namespace = "", resource = "", name] = paths.exec(url.pathname) ?? [];
    if (!resource) {
      const other = await this.otherPaths(url.pathname, body);
      if (other) json(response, 200, other);
      else status(response, 404, `no such path: ${url.pathname}`);
      return;
    }
    const watching = url.searchParams.get("watch") === "true";
    const verb = verbOf(request.method, name, watching);
    this.requests.push({ verb, resource: resource as Resource, namespace, ...(name ? { name } : {}) });
    const at = { resource: resource as Resource, namespace, selector: url.searchParams.get("labelSelector") ?? "" };
    const object = this.get(at.resource, namespace, name ?? "");
    if (verb === "watch") this.watch(at, Number(url.searchParams.get("resourceVersion")), response);
    else if (verb === "list") this.answerList(at, response);
    else if (verb === "create") this.create(at, body as StoredObject, response);
    else if (!object) status(response, 404, `${resource} "${name}" not found`);
    else if (verb === "get") json(response, 200, object);
    else if (verb === "update") this.replace(at.resource, object, body as StoredObject, response);
    else this.patch(at.resource, object, request.headers["content-type"] ?? "", body, response);
  }

  private answerList({ resource, namespace, selector }: Omit<Watcher, "response">, response: ServerResponse): void {
    const items = [...this.objects].flatMap(([key, object]) =>
      key.startsWith(`${resource}/${namespace && `${namespace}/`}`) && matches(object, selector) ? [object] : [],
    );
    json(response, 200, {
      kind: `${kinds[resource]}List`,
      metadata: { resourceVersion: String(this.version) },
      items,
    });
  }

  private watch(at: Omit<Watcher, "response">, since: number, response: ServerResponse): void {
    response.writeHead(200, { "content-type": "application/json" });
    response.flushHeaders();
    const watcher = { ...at, response };
    for (const change of this.changes.filter(({ version }) => version > since)) sendTo(watcher, change);
    this.watchers.add(watcher);
    response.on("close", () => this.watchers.delete(watcher));
  }

  private create({ resource, namespace }: Omit<Watcher, "response">, body: StoredObject, response: ServerResponse) {
    const { name } = body.metadata;
    if (this.get(resource, namespace, name)) {
      status(response, 409, `${resource} "${name}" already exists`);
      return;
    }
    this.put(resource, { ...body, metadata: { ...body.metadata, namespace } });
    json(response, 201, this.get(resource, namespace, name) ?? {});
  }

  private replace(resource: Resource, object: StoredObject, body: StoredObject, response: ServerResponse): void {
    const { name, namespace, resourceVersion } = object.metadata;
    if (body.metadata.resourceVersion !== resourceVersion) {
      status(response, 409, `${name} has been modified`);
      return;
    }
    this.store(resource, body, "MODIFIED");
    json(response, 200, this.get(resource, namespace, name) ?? {});
  }

  private patch(resource: Resource, object: StoredObject, type: string, body: unknown, response: ServerResponse): void {
    const { name, namespace } = object.metadata;
    let refusal: string | undefined;
    try {
      this.edit(resource, namespace, name, (copy) => {
        if (type.includes("json-patch")) jsonPatch(copy, body as PatchOperation[]);
        else mergeData(copy, body as { data: Record<string, string | null> });
      });
    } catch (error) {
      refusal = (error as Error).message;
    }
    if (refusal !== undefined) status(response, 422, refusal);
    else json(response, 200, this.get(resource, namespace, name) ?? object);
  }
}

function sendTo({ resource, namespace, selector, response }: Watcher, change: Change): void {
  if (change.resource !== resource || (namespace !== "" && change.object.metadata.namespace !== namespace)) return;
  if (!matches(change.object, selector)) return;
  response.write(`${JSON.stringify({ type: change.type, object: change.object })}\n`);
}

function matches({ metadata }: StoredObject, selector: string): boolean {
  return selector
    .split(",")
    .filter(Boolean)
    .every((term) => {
      const [key = "", value] = term.split("=");
      const label = metadata.labels?.[key];
      return value === undefined ? label !== undefined : label === value;
    });
}

function verbOf(method: string | undefined, name: string | undefined, watching: boolean): string {
  if (method === "GET") return name ? "get" : watching ? "watch" : "list";
  return { POST: "create", PUT: "update", PATCH: "patch", DELETE: "delete" }[method ?? ""] ?? "unknown";
}
