import assert from "node:assert/strict";
import { Tenancy } from "../../components/tenancy/tenancy";
import { ApiError, type KubeClient } from "../../local/plugins/kubernetes/client";
import type { ValueMap } from "../../local/plugins/rpc/values";
import { tenancyArgs } from "../../stacks/platform-args";
import { parsePlatformConfig } from "../../stacks/platform-config";
import { recordResources, settled } from "../unit/support/mocks";
import type { Manifest } from "./admission-objects";
import { ApiServer } from "./api-server";

const strategicMerge = "application/strategic-merge-patch+json";

const admission = "/apis/admissionregistration.k8s.io/v1";

/** Namespaces of the tests. */
export const namespaces = {
  tenants: "vrsky-tenants",
  /** Of tenant acme, by its label. */
  apps: "acme-apps",
  /** Of tenant initech by the environment's mapping, which counts for more than its label. */
  mapped: "legacy",
  /** Of nobody, but for ServiceAccount `exporter`, of tenant acme by the mapping. */
  shared: "monitoring",
  /** Of nobody. */
  others: "shop",
};

export type AdmissionNamespaces = typeof namespaces;

/** Configuration of the environment. */
export const environment = parsePlatformConfig({
  authCallout: {
    mapping: [
      { namespace: namespaces.mapped, tenant: "initech" },
      { namespace: namespaces.shared, serviceAccount: "exporter", tenant: "acme" },
    ],
  },
});

/** An API server that has what an environment's Tenancy makes, its policies in force. */
export class AdmissionServer {
  readonly admin: KubeClient;
  /** Of somebody who may do what objects are about in every namespace, but not open its network. */
  readonly author: KubeClient;

  private constructor(readonly api: ApiServer) {
    this.admin = api.client();
    this.author = api.client("author");
  }

  /** Returns when it has all {@link namespaces}, and the policies are in force. */
  static async start(): Promise<AdmissionServer> {
    const api = await ApiServer.start();
    try {
      const server = new AdmissionServer(api);
      for (const object of await componentObjects(() => new Tenancy("tenants", tenancyArgs(environment))))
        await server.create(object);
      await server.createNamespaces();
      await server.createAuthor();
      await server.untilInForce();
      return server;
    } catch (error) {
      await api.stop();
      throw error;
    }
  }

  stop(): Promise<void> {
    return this.api.stop();
  }

  create(object: Manifest, client = this.admin): Promise<ValueMap> {
    return client.request("POST", collectionOf(object), { body: object });
  }

  /** Changes an object, as a strategic merge patch. */
  patch(object: Manifest, patch: object, subresource = ""): Promise<ValueMap> {
    return this.admin.request("PATCH", `${pathOfObject(object)}${subresource}`, {
      body: patch,
      contentType: strategicMerge,
    });
  }

  remove(object: Manifest): Promise<ValueMap> {
    return this.admin.request("DELETE", pathOfObject(object), { query: { gracePeriodSeconds: "0" } });
  }

  async untilGone(object: Manifest): Promise<void> {
    await this.api.until(`${object.metadata.name} is gone`, async () => {
      const { items } = (await this.admin.request("GET", collectionOf(object))) as Manifest;
      return items.every(({ metadata }: Manifest) => metadata.name !== object.metadata.name);
    });
  }

  /** Makes a ServiceAccount. */
  async createAccount(namespace: string, name: string): Promise<void> {
    await this.create({ apiVersion: "v1", kind: "ServiceAccount", metadata: { name, namespace } });
  }

  /** Makes a namespace; returns when pods can be made in it. */
  async createNamespace(name: string, labels: Record<string, string> = {}): Promise<void> {
    await this.create({ apiVersion: "v1", kind: "Namespace", metadata: { name, labels } });
    await this.untilPodsCanBeMade(name);
  }

  /** What the API server says against an object; undefined if it takes it. Nothing is kept. */
  async refusal(object: Manifest, client = this.admin): Promise<string | undefined> {
    return this.refusalAt(collectionOf(object), object, client);
  }

  /** The same of an object that is sent to another place than its collection, such as a subresource. */
  async refusalAt(path: string, object: Manifest, client = this.admin): Promise<string | undefined> {
    const query = { dryRun: "All", fieldValidation: "Strict" };
    return refusalOf(client.request("POST", path, { body: object, query }));
  }

  async labelsOf(object: Manifest): Promise<Record<string, string>> {
    const { metadata } = (await this.admin.request("GET", pathOfObject(object))) as Manifest;
    return metadata.labels;
  }

  /** What it says against a change of an object that is there, as a merge patch; undefined if it takes it. Nothing is kept. */
  async patchRefusal(
    object: Manifest,
    patch: object,
    subresource = "",
    client = this.admin,
  ): Promise<string | undefined> {
    const path = `${pathOfObject(object)}${subresource}`;
    const query = { dryRun: "All" };
    return refusalOf(client.request("PATCH", path, { body: patch, query, contentType: strategicMerge }));
  }

  /** Fails unless the API server takes an object, or would. */
  async takes(object: Manifest, client = this.admin): Promise<void> {
    assert.equal(await this.refusal(object, client), undefined);
  }

  /** Fails unless one of the environment's policies refuses an object, with these words. */
  async refuses(object: Manifest, says: string, client = this.admin): Promise<void> {
    assertRefused(await this.refusal(object, client), says, object);
  }

  /** The same of a change of an object that is there. */
  async refusesPatch(
    object: Manifest,
    patch: object,
    says: string,
    subresource = "",
    client = this.admin,
  ): Promise<void> {
    assertRefused(await this.patchRefusal(object, patch, subresource, client), says, object);
  }

  /** Waits until an object is refused: the API server hears a little later of policies, and of labels of namespaces. */
  async untilRefused(object: Manifest): Promise<void> {
    await this.api.until("the policies are in force", async () => {
      return /ValidatingAdmissionPolicy/.test((await this.refusal(object)) ?? "");
    });
  }

  /** What Kubernetes' own check of the policies' expressions says. */
  async typeWarnings(): Promise<string[]> {
    const warnings: string[] = [];
    await this.api.until("expressions are checked", async () => {
      const { items } = (await this.admin.request("GET", `${admission}/validatingadmissionpolicies`)) as Manifest;
      if (items.some(({ status }: Manifest) => !status?.typeChecking)) return false;
      warnings.push(
        ...items.flatMap(({ status }: Manifest) => status.typeChecking.expressionWarnings ?? []).map(String),
      );
      return true;
    });
    return warnings;
  }

  /** Without PodSecurity, but for the tenants': it would refuse some of what is tried before the policies do. */
  private async createNamespaces(): Promise<void> {
    const { tenants, apps, mapped, shared, others } = namespaces;
    await this.createNamespace(apps, { "nats-platform/tenant": "acme" });
    await this.createNamespace(mapped, { "nats-platform/tenant": "globex" });
    await this.createNamespace(shared);
    await this.createNamespace(others);
    await this.createAccount(tenants, "nats-acme");
    await this.createAccount(shared, "exporter");
  }

  private async createAuthor(): Promise<void> {
    const apiVersion = "rbac.authorization.k8s.io/v1";
    const metadata = { name: "author" };
    const rule = (apiGroup: string, resources: string[]) => ({ apiGroups: [apiGroup], resources, verbs: ["*"] });
    const rules = [
      rule("", ["pods", "pods/status", "pods/binding", "bindings", "secrets"]),
      rule("apps", ["deployments"]),
      rule("batch", ["cronjobs"]),
    ];
    const roleRef = { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "author" };
    const subjects = [{ apiGroup: "rbac.authorization.k8s.io", kind: "User", name: "author" }];
    await this.create({ apiVersion, kind: "ClusterRole", metadata, rules });
    await this.create({ apiVersion, kind: "ClusterRoleBinding", metadata, roleRef, subjects });
  }

  /** Kubernetes gives each namespace the ServiceAccount that pods have. */
  async untilPodsCanBeMade(namespace: string): Promise<void> {
    const account = `/api/v1/namespaces/${namespace}/serviceaccounts/default`;
    await this.api.until(`${account} is there`, async () => Boolean(await this.admin.request("GET", account)));
  }

  /** Waits until each policy refuses what it must. */
  private async untilInForce(): Promise<void> {
    await this.createNamespace("in-force", { "nats-platform/tenant": "acme" });
    await this.untilPodsCanBeMade("vrsky-tenants");
    const pod = (metadata: object, spec: object) => ({
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "in-force", namespace: "in-force", ...metadata },
      spec: { containers: [{ name: "c", image: "i", ...spec }] },
    });
    const wrong = [
      pod({}, { ports: [{ containerPort: 1, hostPort: 1 }] }),
      pod({ labels: { "tenant-id": "globex" } }, {}),
      pod({}, { env: [{ name: "NATS_TOKEN_FILE", value: "/none" }] }),
      { ...pod({}, {}), kind: "Secret", spec: undefined, type: "kubernetes.io/service-account-token" },
    ];
    for (const object of wrong) {
      if (object.kind === "Secret") {
        Object.assign(object.metadata, { annotations: { "kubernetes.io/service-account.name": "default" } });
      }
      await this.untilRefused(object);
    }
  }
}

/** Every object that components make, as they ask the API server for it. */
export async function componentObjects(make: () => unknown): Promise<Manifest[]> {
  const registered = recordResources();
  make();
  await settled();
  return registered.flatMap(({ type, inputs }) => {
    const [, apiVersion = "", kind = ""] = /^kubernetes:(?:core\/)?([^:]+):(\w+)$/.exec(type) ?? [];
    return kind === "" ? [] : [{ ...inputs, apiVersion, kind }];
  });
}

/** Kinds whose resources are not called like them with an s. */
const plurals: Readonly<Record<string, string>> = {
  NetworkPolicy: "networkpolicies",
  ValidatingAdmissionPolicy: "validatingadmissionpolicies",
};

/** Path of the collection that an object belongs in. */
export function collectionOf({ apiVersion, kind, metadata }: Manifest): string {
  const base = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const namespace = metadata.namespace ? `/namespaces/${metadata.namespace}` : "";
  return `${base}${namespace}/${plurals[kind] ?? `${kind.toLowerCase()}s`}`;
}

function pathOfObject(object: Manifest): string {
  return `${collectionOf(object)}/${object.metadata.name}`;
}

function assertRefused(refusal: string | undefined, says: string, { kind }: Manifest): void {
  assert.ok(refusal?.includes(says), `${kind}: expected "${says}", got ${refusal}`);
  assert.match(refusal ?? "", /ValidatingAdmissionPolicy 'nats-platform-vrsky-tenants-/);
}

async function refusalOf(asked: Promise<unknown>): Promise<string | undefined> {
  try {
    await asked;
    return undefined;
  } catch (error) {
    if (error instanceof ApiError) return error.message;
    throw error;
  }
}
