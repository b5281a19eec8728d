import {
  CoreV1Api,
  type KubeConfig,
  type KubernetesObject,
  type V1Namespace,
  type V1Pod,
  type V1Secret,
  type V1ServiceAccount,
} from "@kubernetes/client-node";
import { appSignerSecretName } from "../../../components/auth-callout/names";
import { clientLabel, labelSelector, tenantLabel } from "../../../components/labels";
import { ObjectWatch } from "../../kubernetes/watch";
import { type Log, messageOf } from "../../log";
import { type AppSigner, readAppSigner } from "./app-signer";
import { ObjectIndex } from "./object-index";

/** What is known of the cluster: watched, so that nobody is asked when a client logs in. */
export interface Directory {
  /** Whether a pod of that uid is there. One that is being ended still is. */
  hasPod(namespace: string, name: string, uid: string): boolean;
  /** Annotations of the ServiceAccount; undefined if there is none of that uid. */
  serviceAccount(namespace: string, name: string, uid: string): Readonly<Record<string, string>> | undefined;
  /** Tenant that the namespace's label names; undefined without a label. */
  tenantOf(namespace: string): string | undefined;
  /** Undefined if the environment has no such tenant. */
  signerOf(tenant: string): AppSigner | undefined;
  /** Waits until something becomes so, for some milliseconds at most: what a pod finds done may not have been told here yet. */
  until(condition: () => boolean, ms: number): Promise<void>;
}

/** A {@link Directory} kept by watching the API server. */
export class WatchedDirectory implements Directory {
  private readonly pods: Watched<V1Pod>;
  private readonly accounts: Watched<V1ServiceAccount>;
  private readonly namespaces: Watched<V1Namespace>;
  private readonly secrets: Watched<V1Secret>;
  private readonly signers = new Map<string, { readonly version: string; readonly signer: AppSigner | undefined }>();
  private readonly waiting = new Set<() => void>();

  /**
   * @param calloutNamespace namespace of the tenants' Secrets
   * @param onAccounts called after changes of ServiceAccounts, namespaces or tenants' Secrets
   */
  constructor(
    config: KubeConfig,
    private readonly calloutNamespace: string,
    private readonly log: Log,
    onAccounts: () => void = () => {},
  ) {
    const core = config.makeApiClient(CoreV1Api);
    const watch = <T extends KubernetesObject>(
      what: string,
      path: string,
      selector: string,
      list: (query: { labelSelector?: string }) => Promise<{ items: T[] }>,
      onChange: () => void = () => {},
    ): Watched<T> => {
      const index = new ObjectIndex<T>(() => objects.items());
      const listed = () => list(selector === "" ? {} : { labelSelector: selector });
      const objects: ObjectWatch<T> = new ObjectWatch<T>(
        config,
        { what, path, labelSelector: selector, list: listed },
        log,
        () => {
          index.invalidate();
          onChange();
          for (const check of this.waiting) check();
        },
      );
      return { objects, index };
    };
    const secretsPath = `/api/v1/namespaces/${calloutNamespace}/secrets`;
    // Pods without the label cannot reach the platform: those of the cluster that are none of our business are not watched.
    this.pods = watch("pods", "/api/v1/pods", labelSelector(clientLabel), (query) =>
      core.listPodForAllNamespaces(query),
    );
    this.accounts = watch(
      "serviceaccounts",
      "/api/v1/serviceaccounts",
      "",
      (query) => core.listServiceAccountForAllNamespaces(query),
      onAccounts,
    );
    this.namespaces = watch(
      "namespaces",
      "/api/v1/namespaces",
      tenantLabel,
      (query) => core.listNamespace(query),
      onAccounts,
    );
    this.secrets = watch(
      "secrets",
      secretsPath,
      tenantLabel,
      (query) => core.listNamespacedSecret({ namespace: calloutNamespace, ...query }),
      onAccounts,
    );
  }

  get isSynced(): boolean {
    return this.watches.every(({ objects }) => objects.isSynced);
  }

  /** Number of objects known, by kind. */
  get sizes(): Readonly<Record<"pods" | "serviceaccounts" | "namespaces" | "tenants", number>> {
    return {
      pods: this.pods.index.size,
      serviceaccounts: this.accounts.index.size,
      namespaces: this.namespaces.index.size,
      tenants: this.secrets.index.size,
    };
  }

  /** ServiceAccounts of all namespaces. */
  get serviceAccounts(): readonly V1ServiceAccount[] {
    return this.accounts.objects.items();
  }

  hasPod(namespace: string, name: string, uid: string): boolean {
    return this.pods.index.get(namespace, name)?.metadata?.uid === uid;
  }

  serviceAccount(namespace: string, name: string, uid: string): Readonly<Record<string, string>> | undefined {
    const metadata = this.accounts.index.get(namespace, name)?.metadata;
    return metadata?.uid === uid ? (metadata.annotations ?? {}) : undefined;
  }

  tenantOf(namespace: string): string | undefined {
    return this.namespaces.index.get("", namespace)?.metadata?.labels?.[tenantLabel];
  }

  signerOf(tenant: string): AppSigner | undefined {
    const secret = this.secrets.index.get(this.calloutNamespace, appSignerSecretName(tenant));
    if (secret?.metadata?.labels?.[tenantLabel] !== tenant) return undefined;
    const version = `${secret.metadata.uid} ${secret.metadata.resourceVersion}`;
    const known = this.signers.get(tenant);
    if (known?.version === version) return known.signer;
    const signer = this.read(tenant, secret);
    this.signers.set(tenant, { version, signer });
    return signer;
  }

  until(condition: () => boolean, ms: number): Promise<void> {
    if (condition()) return Promise.resolve();
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer);
        this.waiting.delete(check);
        resolve();
      };
      const check = () => {
        if (condition()) end();
      };
      const timer = setTimeout(end, ms);
      this.waiting.add(check);
    });
  }

  async stop(): Promise<void> {
    await Promise.all(this.watches.map(({ objects }) => objects.stop()));
  }

  private get watches(): readonly Watched<KubernetesObject>[] {
    return [this.pods, this.accounts, this.namespaces, this.secrets];
  }

  private read(tenant: string, secret: V1Secret): AppSigner | undefined {
    try {
      return readAppSigner(secret);
    } catch (error) {
      this.log.error("the tenant's Secret is unsound; none of its apps is let in", {
        tenant,
        reason: messageOf(error),
      });
      return undefined;
    }
  }
}

interface Watched<T extends KubernetesObject> {
  readonly objects: Pick<ObjectWatch<T>, "isSynced" | "stop" | "items">;
  readonly index: Pick<ObjectIndex<T>, "get" | "size">;
}
