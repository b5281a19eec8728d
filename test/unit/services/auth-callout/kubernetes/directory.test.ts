import assert from "node:assert/strict";
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { KubeConfig, type KubernetesObject } from "@kubernetes/client-node";
import { WatchedDirectory } from "../../../../../services/auth-callout/kubernetes/directory";
import { testKey } from "../../../components/identity/keys";
import { RecordedLog } from "../logs";

const policy = { suspended: false, publish: [], subscribe: [] };
const signerSecret = (tenant: string, changes: Record<string, string> = {}, version = "1") => ({
  metadata: {
    name: `nats-app-signer-${tenant}`,
    namespace: "nats-callout",
    uid: `secret of ${tenant}`,
    resourceVersion: version,
    labels: { "nats-platform/tenant": tenant },
  },
  data: Object.fromEntries(
    Object.entries({
      "account.id": testKey("account", tenant).publicKey,
      "signing.seed": testKey("account", `${tenant} app`).seed,
      "policy.json": JSON.stringify(policy),
      ...changes,
    }).map(([key, text]) => [key, Buffer.from(text).toString("base64")]),
  ),
});

/** Lists what it has, and tells watchers what is changed. */
class FakeApi {
  readonly objects: Record<string, KubernetesObject[]> = {
    "/api/v1/pods": [{ metadata: { namespace: "shop", name: "web-1", uid: "pod-uid" } }],
    "/api/v1/serviceaccounts": [
      { metadata: { namespace: "shop", name: "web", uid: "account-uid", annotations: { "nats.io/x": "a" } } },
      { metadata: { namespace: "shop", name: "bare", uid: "bare-uid" } },
    ],
    "/api/v1/namespaces": [{ metadata: { name: "shop", labels: { "nats-platform/tenant": "acme" } } }],
    "/api/v1/namespaces/nats-callout/secrets": [signerSecret("acme")],
  };
  /** What was listed, each with its selector. */
  readonly listed = new Set<string>();
  /** Lists that are not answered. */
  held = "";
  private readonly watchers = new Map<string, ServerResponse>();
  private readonly server: Server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://localhost");
    response.setHeader("content-type", "application/json");
    if (searchParams.has("watch")) {
      this.watchers.set(pathname, response);
      return response.flushHeaders();
    }
    this.listed.add(`${pathname} ${searchParams.get("labelSelector") ?? ""}`.trim());
    if (pathname === this.held) return;
    response.end(JSON.stringify({ metadata: { resourceVersion: "1" }, items: this.objects[pathname] ?? [] }));
  });

  async start(): Promise<KubeConfig> {
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    const { port } = this.server.address() as AddressInfo;
    const config = new KubeConfig();
    config.loadFromClusterAndUser(
      { name: "fake", server: `http://127.0.0.1:${port}`, skipTLSVerify: true },
      { name: "fake" },
    );
    return config;
  }

  get isWatched(): boolean {
    return this.watchers.size === Object.keys(this.objects).length;
  }

  tell(path: string, type: "ADDED" | "MODIFIED" | "DELETED", object: KubernetesObject): void {
    this.watchers.get(path)?.write(`${JSON.stringify({ type, object })}\n`);
  }

  stop(): void {
    this.server.close();
    this.server.closeAllConnections();
  }
}

const eventually = async (condition: () => boolean) => {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
};

describe("what is known of the cluster", () => {
  let api: FakeApi;
  let directory: WatchedDirectory;
  let log: RecordedLog;
  let changes: number;

  beforeEach(async () => {
    api = new FakeApi();
    log = new RecordedLog();
    changes = 0;
    directory = new WatchedDirectory(await api.start(), "nats-callout", log, () => {
      changes += 1;
    });
    await eventually(() => directory.isSynced && api.isWatched);
  });
  afterEach(async () => {
    await directory.stop();
    api.stop();
  });

  it("is pods with the label of clients, namespaces and Secrets of tenants, and every ServiceAccount", () => {
    assert.deepEqual([...api.listed].sort(), [
      "/api/v1/namespaces nats-platform/tenant",
      "/api/v1/namespaces/nats-callout/secrets nats-platform/tenant",
      "/api/v1/pods nats-platform/client=true",
      "/api/v1/serviceaccounts",
    ]);
    assert.deepEqual(directory.sizes, { pods: 1, serviceaccounts: 2, namespaces: 1, tenants: 1 });
    assert.ok(changes >= 3);
  });

  it("tells a pod and a ServiceAccount by their uid, too: one of the same name is another", () => {
    assert.equal(directory.hasPod("shop", "web-1", "pod-uid"), true);
    assert.equal(directory.hasPod("shop", "web-1", "former-uid"), false);
    assert.equal(directory.hasPod("bank", "web-1", "pod-uid"), false);
    assert.deepEqual(directory.serviceAccount("shop", "web", "account-uid"), { "nats.io/x": "a" });
    assert.deepEqual(directory.serviceAccount("shop", "bare", "bare-uid"), {});
    assert.equal(directory.serviceAccount("shop", "web", "former-uid"), undefined);
  });

  it("tells a tenant by its namespace's label, and what signs for it by its Secret", () => {
    assert.equal(directory.tenantOf("shop"), "acme");
    assert.equal(directory.tenantOf("bank"), undefined);
    const signer = directory.signerOf("acme");
    assert.equal(signer?.accountId, testKey("account", "acme").publicKey);
    assert.equal(directory.signerOf("acme"), signer, "it is read once");
    assert.equal(directory.signerOf("globex"), undefined);
  });

  it("follows what happens, and lets go who waits for it", async () => {
    const waited = directory.until(() => directory.hasPod("shop", "web-2", "new-uid"), 60_000);
    api.tell("/api/v1/pods", "ADDED", { metadata: { namespace: "shop", name: "web-2", uid: "new-uid" } });
    await waited;
    assert.equal(directory.hasPod("shop", "web-2", "new-uid"), true);
    api.tell("/api/v1/pods", "DELETED", { metadata: { namespace: "shop", name: "web-1", uid: "pod-uid" } });
    await eventually(() => !directory.hasPod("shop", "web-1", "pod-uid"));
  });

  it("has nobody wait longer than they would", async () => {
    await directory.until(() => false, 20);
    await directory.until(() => true, 60_000);
  });

  it("suspends a tenant as soon as its Secret says so", async () => {
    assert.equal(directory.signerOf("acme")?.suspended, false);
    const text = JSON.stringify({ ...policy, suspended: true });
    api.tell("/api/v1/namespaces/nats-callout/secrets", "MODIFIED", signerSecret("acme", { "policy.json": text }, "2"));
    await eventually(() => directory.signerOf("acme")?.suspended === true);
  });

  it("has no tenant whose Secret is unsound, which is said once, without what is in it", async () => {
    const seed = testKey("account", "acme app").seed.slice(0, -1);
    api.tell(
      "/api/v1/namespaces/nats-callout/secrets",
      "MODIFIED",
      signerSecret("acme", { "signing.seed": seed }, "2"),
    );
    await eventually(() => directory.signerOf("acme") === undefined);
    directory.signerOf("acme");
    assert.deepEqual(
      log.lines.filter(({ level }) => level === "error"),
      [
        {
          level: "error",
          message: "the tenant's Secret is unsound; none of its apps is let in",
          tenant: "acme",
          reason: "key signing.seed is not what the tenant's stack writes",
        },
      ],
    );
  });

  it("takes no Secret of a tenant's name with another's label", async () => {
    const secret = signerSecret("globex");
    secret.metadata.labels["nats-platform/tenant"] = "acme";
    api.tell("/api/v1/namespaces/nats-callout/secrets", "ADDED", secret);
    await eventually(() => directory.sizes.tenants === 2);
    assert.equal(directory.signerOf("globex"), undefined);
  });
});

describe("what is not known of the cluster yet", () => {
  it("keeps all from being known while one kind is missing", async () => {
    const api = new FakeApi();
    api.held = "/api/v1/pods";
    const directory = new WatchedDirectory(await api.start(), "nats-callout", new RecordedLog());
    await eventually(
      () => directory.sizes.tenants === 1 && directory.sizes.namespaces === 1 && directory.sizes.serviceaccounts === 2,
    );
    assert.equal(directory.isSynced, false);
    api.stop();
    await directory.stop();
  });
});
