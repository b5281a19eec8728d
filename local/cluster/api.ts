import * as fs from "node:fs";
import * as https from "node:https";
import * as path from "node:path";
import {
  ApiException,
  ApiextensionsV1Api,
  CoordinationV1Api,
  CoreV1Api,
  KubeConfig,
  type KubernetesObject,
  KubernetesObjectApi,
  PatchStrategy,
  type V1CustomResourceDefinition,
} from "@kubernetes/client-node";
import type { ClusterLayout } from "./layout";
import { waitFor } from "./wait";

const fieldManager = "nats-platform";

/** Clients of a cluster's API with the administrator's identity. */
export class ClusterApi {
  readonly core: CoreV1Api;
  private readonly leases: CoordinationV1Api;
  private readonly extensions: ApiextensionsV1Api;
  private readonly config = new KubeConfig();

  constructor(private readonly layout: ClusterLayout) {
    this.config.loadFromFile(layout.kubeconfig);
    this.core = this.config.makeApiClient(CoreV1Api);
    this.leases = this.config.makeApiClient(CoordinationV1Api);
    this.extensions = this.config.makeApiClient(ApiextensionsV1Api);
  }

  /** When a node last renewed its lease: the moment of its latest sign of life; 1970 if there was none. */
  async heardOf(nodeName: string): Promise<Date> {
    const { items } = await this.leases.listNamespacedLease({ namespace: "kube-node-lease" });
    return items.find(({ metadata }) => metadata?.name === nodeName)?.spec?.renewTime ?? new Date(0);
  }

  /**
   * Applies objects server-side, all at once; what is refused is tried again, because an API server that has just started
   * lacks its roles and namespaces for a moment.
   * @throws {Error} if one is still refused after a minute, with the server's reason
   */
  async apply(objects: readonly KubernetesObject[]): Promise<void> {
    let client = KubernetesObjectApi.makeApiClient(this.config);
    const applyOne = async (object: KubernetesObject): Promise<undefined> => {
      try {
        await client.patch(object, undefined, undefined, fieldManager, true, PatchStrategy.ServerSideApply);
        return undefined;
      } catch (error) {
        client = KubernetesObjectApi.makeApiClient(this.config); // it remembers which kinds there are; new ones may have come
        throw new Error(reasonOf(error));
      }
    };
    await Promise.all(
      objects.map((object) =>
        waitFor(() => applyOne(object), {
          what: `applying ${object.kind} ${object.metadata?.name} to cluster "${this.layout.name}"`,
          timeoutMs: 60_000,
        }),
      ),
    );
  }

  /** Waits until objects of the kinds can be made, which is a moment after their definitions are. */
  async untilServed(definitions: readonly V1CustomResourceDefinition[]): Promise<void> {
    for (const { metadata } of definitions) {
      const name = metadata?.name ?? "";
      const isServed = async () => {
        const { status } = await this.extensions.readCustomResourceDefinition({ name });
        const established = status?.conditions?.find(({ type }) => type === "Established");
        return established?.status === "True" ? undefined : (established?.message ?? "nothing was said of it yet");
      };
      await waitFor(isServed, { what: `${name} in cluster "${this.layout.name}"`, timeoutMs: 60_000 });
    }
  }
}

/** The API server's own words, or the error's where it had none. */
export function reasonOf(error: unknown): string {
  const body = error instanceof ApiException ? error.body : undefined;
  try {
    const status = (typeof body === "string" ? JSON.parse(body) : body) as { message?: unknown } | undefined;
    if (typeof status?.message === "string") return status.message;
  } catch {
    // Not a Status object: the whole error is all there is.
  }
  return error instanceof Error ? error.message : String(error);
}

/** Whether the API server says it is ready; false also if nobody answers. */
export async function apiIsReady(layout: ClusterLayout): Promise<boolean> {
  const authority = path.join(layout.pki, "ca.crt");
  if (!fs.existsSync(authority)) return false;
  return new Promise((resolve) => {
    const options = { ca: fs.readFileSync(authority), timeout: 2000, agent: false };
    const request = https.get(`${layout.apiServer}/readyz`, options, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    request.once("timeout", () => request.destroy());
    request.once("error", () => resolve(false));
  });
}
