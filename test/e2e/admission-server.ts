import { Tenancy } from "../../components/tenancy/tenancy";
import { ApiError, type KubeClient } from "../../local/plugins/kubernetes/client";
import type { ValueMap } from "../../local/plugins/rpc/values";
import { tenancyArgs } from "../../stacks/platform-args";
import { parsePlatformConfig } from "../../stacks/platform-config";
import { recordResources, settled } from "../unit/support/mocks";
import type { Manifest } from "./admission-objects";
import { ApiServer } from "./api-server";

const admission = "/apis/admissionregistration.k8s.io/v1";

/** An API server that has what an environment's Tenancy makes, its policies in force. */
export class AdmissionServer {
  readonly admin: KubeClient;

  private constructor(readonly api: ApiServer) {
    this.admin = api.client();
  }

  /** @param config of the environment */
  static async start(config: Readonly<Record<string, unknown>>): Promise<AdmissionServer> {
    const api = await ApiServer.start();
    try {
      const server = new AdmissionServer(api);
      for (const object of await tenancyObjects(config)) await server.create(object);
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

  /** Makes a namespace that holds a tenant's apps, with what pods need in it. */
  async createNamespace(name: string, labels: Record<string, string> = {}): Promise<void> {
    await this.create({ apiVersion: "v1", kind: "Namespace", metadata: { name, labels } });
    await this.untilAccount(name);
  }

  /** What the API server says against an object; undefined if it takes it. Nothing is kept. */
  async refusal(object: Manifest, client = this.admin): Promise<string | undefined> {
    const query = { dryRun: "All", fieldValidation: "Strict" };
    return refusalOf(client.request("POST", collectionOf(object), { body: object, query }));
  }

  /** What it says against a change of an object that is there, as a merge patch; undefined if it takes it. Nothing is kept. */
  async patchRefusal(
    object: Manifest,
    patch: object,
    subresource = "",
    client = this.admin,
  ): Promise<string | undefined> {
    const path = `${collectionOf(object)}/${object.metadata.name}${subresource}`;
    const contentType = "application/strategic-merge-patch+json";
    return refusalOf(client.request("PATCH", path, { body: patch, query: { dryRun: "All" }, contentType }));
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

  private async untilAccount(namespace: string): Promise<void> {
    const account = `/api/v1/namespaces/${namespace}/serviceaccounts/default`;
    await this.api.until(`${account} is there`, async () => Boolean(await this.admin.request("GET", account)));
  }

  /** The API server hears of its policies a little after they are made: until each refuses what it must. */
  private async untilInForce(): Promise<void> {
    await this.createNamespace("in-force", { "nats-platform/tenant": "acme" });
    await this.untilAccount("vrsky-tenants");
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
      await this.api.until("the policies are in force", async () => (await this.refusal(object)) !== undefined);
    }
  }
}

/** Every object that the component makes, as it asks the API server for it. */
async function tenancyObjects(config: Readonly<Record<string, unknown>>): Promise<Manifest[]> {
  const registered = recordResources();
  new Tenancy("tenants", tenancyArgs(parsePlatformConfig(config)));
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

async function refusalOf(asked: Promise<unknown>): Promise<string | undefined> {
  try {
    await asked;
    return undefined;
  } catch (error) {
    if (error instanceof ApiError) return error.message;
    throw error;
  }
}
