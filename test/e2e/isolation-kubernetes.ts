import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { credsDir as mountedAt } from "../../commands/in-cluster-manifests";

/** An object as far as it matters here. */
export interface StoredObject {
  metadata: {
    name: string;
    namespace?: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
    creationTimestamp?: string;
    deletionTimestamp?: string;
  };
  data?: Record<string, string>;
  spec?: Record<string, unknown>;
  status?: Record<string, unknown>;
}

/** The parts of a program's pod that running it here takes. */
interface ProgramSpec {
  readonly containers: readonly [{ readonly env: readonly { readonly name: string; readonly value: string }[] }];
  readonly volumes: readonly {
    readonly name: string;
    readonly configMap?: { readonly name: string };
    readonly secret?: { readonly secretName: string };
  }[];
}

interface RunningPod {
  readonly process: ChildProcess;
  output: string;
}

/**
 * As much of a cluster as `prove-isolation` needs: an API server in memory over plain HTTP, and pods that are processes of this machine, with
 * the Secrets they mount. Nothing enforces NetworkPolicy.
 */
export class LocalKubernetes {
  private readonly dir = mkdtempSync(join(tmpdir(), "nats-platform-kubernetes-"));
  private readonly objects = new Map<string, StoredObject>();
  private readonly pods = new Map<string, RunningPod>();
  private server: Server | undefined;
  /** Everything that was created so far, as `<resource> <namespace>/<name>`. */
  readonly created: string[] = [];
  /** Names of Secrets whose content was handed out. */
  readonly readSecrets: string[] = [];
  /** Resources that are refused, with the reason. */
  readonly refused = new Map<string, string>();

  async start(): Promise<void> {
    this.server = createServer((request, response) => void this.answer(request, response)).listen(0, "127.0.0.1");
    await once(this.server, "listening");
    writeFileSync(this.kubeconfig, stringify(kubeconfigOf(this.port)));
  }

  get kubeconfig(): string {
    return join(this.dir, "kubeconfig");
  }

  /** Adds an object that somebody else made. */
  add(
    resource: string,
    namespace: string,
    name: string,
    object: Omit<StoredObject, "metadata"> & { metadata?: object },
  ): void {
    const metadata = { ...object.metadata, name, ...(namespace ? { namespace } : {}) };
    this.objects.set(key(resource, namespace, name), { ...object, metadata });
  }

  /** What there is of a resource, as `<namespace>/<name>`. */
  names(resource: string): string[] {
    const keys = [...this.objects.keys()].filter((key) => key.startsWith(`${resource} `));
    return keys.map((key) => key.slice(resource.length + 1));
  }

  async stop(): Promise<void> {
    for (const { process } of this.pods.values()) process.kill("SIGKILL");
    this.server?.closeAllConnections();
    this.server?.close();
    rmSync(this.dir, { recursive: true, force: true });
  }

  private get port(): number {
    return (this.server?.address() as AddressInfo).port;
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "", "http://localhost");
    const place = placeOf(url.pathname);
    const end = (status: number, body: object) => {
      response.writeHead(status, { "content-type": "application/json" });
      response.end(JSON.stringify(body));
    };
    const missing = () => end(404, { kind: "Status", message: `${url.pathname} not found`, code: 404 });
    if (url.pathname === "/version") return end(200, { gitVersion: "v1.36.3" });
    const reason = request.method === "POST" ? this.refused.get(place.resource) : undefined;
    if (reason) return end(403, { kind: "Status", message: reason, code: 403 });
    if (place.sub === "log") return this.log(place, url.searchParams.get("follow") === "true", response);
    if (request.method === "POST") return end(201, await this.create(place, JSON.parse(await text(request))));
    if (place.name === undefined) return end(200, this.list(place, url.searchParams.get("labelSelector"), request));
    const found = this.objects.get(key(place.resource, place.namespace, place.name));
    if (!found) return missing();
    if (request.method === "DELETE") this.remove(place.resource, place.namespace, place.name);
    else if (place.resource === "secrets") this.readSecrets.push(place.name);
    return end(200, found);
  }

  private list({ resource, namespace }: Place, selector: string | null, request: IncomingMessage): object {
    const metadataOnly = request.headers.accept?.includes("PartialObjectMetadataList") ?? false;
    const found = [...this.objects].filter(
      ([key, { metadata }]) =>
        key.startsWith(`${resource} ${namespace}/`) && selects(selector ?? "", metadata.labels ?? {}),
    );
    if (resource === "secrets" && !metadataOnly)
      this.readSecrets.push(...found.map(([, { metadata }]) => metadata.name));
    // As a real API server: an empty list of metadata is null.
    if (metadataOnly) return { items: found.length ? found.map(([, { metadata }]) => ({ metadata })) : null };
    return { items: found.map(([, object]) => object) };
  }

  private async create({ resource, namespace }: Place, object: StoredObject): Promise<object> {
    const { name } = object.metadata;
    object.metadata.creationTimestamp = new Date().toISOString();
    if (namespace) object.metadata.namespace = namespace;
    this.objects.set(key(resource, namespace, name), object);
    this.created.push(`${resource} ${namespace}/${name}`);
    // As Kubernetes does it: a moment later.
    if (resource === "namespaces") setTimeout(() => this.add("serviceaccounts", name, "default", {}), 100);
    if (resource === "pods") this.run(object);
    return object;
  }

  private remove(resource: string, namespace: string, name: string): void {
    if (resource === "pods") this.pods.get(`${namespace}/${name}`)?.process.kill("SIGKILL");
    if (resource !== "namespaces") {
      this.objects.delete(key(resource, namespace, name));
      return;
    }
    // With everything in it, and not at once.
    setTimeout(() => {
      for (const [stored, { metadata }] of this.objects) if (metadata.namespace === name) this.objects.delete(stored);
      this.objects.delete(key(resource, "", name));
    }, 100);
  }

  /** Runs a program's pod as a process: code and creds come from where its volumes say. */
  private run(pod: StoredObject): void {
    const { name, namespace = "" } = pod.metadata;
    const dir = mkdtempSync(join(this.dir, "pod-"));
    const { containers, volumes } = pod.spec as unknown as ProgramSpec;
    for (const { name: volume, configMap, secret } of volumes) {
      if (configMap) {
        const code = this.objects.get(key("configmaps", namespace, configMap.name))?.data?.["program.cjs"] ?? "";
        writeFileSync(join(dir, "program.cjs"), code);
      }
      if (!secret) continue;
      const creds = this.objects.get(key("secrets", namespace, secret.secretName))?.data?.["nats.creds"];
      mkdirSync(join(dir, volume.replace("creds-", "")));
      if (creds) writeFileSync(join(dir, volume.replace("creds-", ""), "nats.creds"), Buffer.from(creds, "base64"));
    }
    const env = Object.fromEntries(
      containers[0].env.map(({ name, value }) => [name, value.replaceAll(`"${mountedAt}/`, `"${dir}/`)]),
    );
    const child = spawn(process.execPath, [join(dir, "program.cjs")], {
      env: { ...env, KUBERNETES_SERVICE_HOST: "127.0.0.1", KUBERNETES_SERVICE_PORT: String(this.port) },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const running: RunningPod = { process: child, output: "" };
    this.pods.set(`${namespace}/${name}`, running);
    for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk) => (running.output += String(chunk)));
    const state = (current: object) => {
      pod.status = { phase: "Running", containerStatuses: [{ name: "program", state: current }] };
    };
    state({ running: {} });
    child.once("close", (code) => state({ terminated: { exitCode: code ?? 137 } }));
  }

  private async log({ namespace, name }: Place, follow: boolean, response: ServerResponse): Promise<void> {
    const pod = this.pods.get(`${namespace}/${name}`);
    if (!pod) return void response.writeHead(404).end();
    if (follow && pod.process.exitCode === null) {
      response.write("");
      let sent = 0;
      const forward = () => {
        response.write(pod.output.slice(sent));
        sent = pod.output.length;
      };
      forward();
      pod.process.stdout?.on("data", () => setImmediate(forward));
      await once(pod.process, "close");
      forward();
      response.end();
    } else response.end(pod.output);
  }
}

/** What a path is about. */
interface Place {
  readonly resource: string;
  /** Empty for what is in none. */
  readonly namespace: string;
  readonly name?: string;
  readonly sub?: string;
}

function placeOf(path: string): Place {
  const [first, second, ...rest] = path.replace(/^\/(api\/v1|apis\/[^/]+\/v1)\//, "").split("/");
  if (first === "namespaces" && rest.length > 0) {
    const [resource = "", name, sub] = rest;
    return { resource, namespace: second ?? "", ...(name ? { name } : {}), ...(sub ? { sub } : {}) };
  }
  return { resource: first ?? "", namespace: "", ...(second ? { name: second } : {}) };
}

function key(resource: string, namespace: string, name: string): string {
  return `${resource} ${namespace}/${name}`;
}

function selects(selector: string, labels: Readonly<Record<string, string>>): boolean {
  return selector
    .split(",")
    .filter(Boolean)
    .every((term) => {
      const [label = "", value] = term.split("=");
      return value === undefined ? labels[label] !== undefined : labels[label] === value;
    });
}

async function text(request: IncomingMessage): Promise<string> {
  let body = "";
  for await (const chunk of request) body += chunk;
  return body;
}

function kubeconfigOf(port: number): object {
  return {
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "here", cluster: { server: `http://127.0.0.1:${port}`, "insecure-skip-tls-verify": true } }],
    users: [{ name: "me", user: {} }],
    contexts: [{ name: "here", context: { cluster: "here", user: "me" } }],
    "current-context": "here",
  };
}
