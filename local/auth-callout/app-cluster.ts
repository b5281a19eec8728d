import { randomUUID } from "node:crypto";
import { type AppPolicy, appSignerKeys, appSignerSecretName } from "../../components/auth-callout/names";
import { clientLabel, tenantLabel } from "../../components/labels";
import { FakeKubernetes } from "../world/kubernetes";
import type { Tenant } from "./tenants";
import { issuer, type TokenIssuer, type Workload } from "./token-issuer";

/** Namespace of the tenants' Secrets. */
export const calloutNamespace = "nats-callout";

/** The API server of a cluster with apps. */
export class AppCluster {
  readonly kubernetes: FakeKubernetes;

  constructor(tokens: TokenIssuer) {
    this.kubernetes = new FakeKubernetes((path, body) => {
      if (path === "/.well-known/openid-configuration") return { issuer };
      if (path === "/openid/v1/jwks") return tokens.keySet();
      if (path !== "/apis/authentication.k8s.io/v1/tokenreviews") return undefined;
      const { spec } = body as { spec: { token: string; audiences: string[] } };
      return tokens.review(spec).then((status) => ({ kind: "TokenReview", spec, status }));
    });
  }

  /** Creates a tenant's Secret, or replaces it. */
  putTenant({ name, account, appKey }: Tenant, policy: Partial<AppPolicy> = {}): void {
    const base64 = (text: string) => Buffer.from(text).toString("base64");
    this.kubernetes.put("secrets", {
      metadata: { name: appSignerSecretName(name), namespace: calloutNamespace, labels: { [tenantLabel]: name } },
      data: {
        [appSignerKeys.account]: base64(account.id),
        [appSignerKeys.seed]: base64(appKey.seed),
        [appSignerKeys.policy]: base64(JSON.stringify({ suspended: false, publish: [], subscribe: [], ...policy })),
      },
    });
  }

  /** @param tenant whose it is by its label */
  putNamespace(name: string, tenant?: string): void {
    const metadata = { name, namespace: "" };
    const labels = tenant === undefined ? undefined : { [tenantLabel]: tenant };
    this.kubernetes.put("namespaces", { metadata: { ...metadata, ...(labels ? { labels } : {}) } });
  }

  /** A pod with a ServiceAccount, which is created unless it is there. */
  addPod(
    namespace: string,
    serviceAccount: string,
    { annotations = {}, labels = clientLabel as Record<string, string> } = {},
  ): Workload {
    const { kubernetes } = this;
    if (!kubernetes.get("serviceaccounts", namespace, serviceAccount)) {
      kubernetes.put("serviceaccounts", {
        metadata: { name: serviceAccount, namespace, uid: randomUUID(), annotations },
      });
    }
    const pod = { name: `${serviceAccount}-${randomUUID().slice(0, 8)}`, uid: randomUUID() };
    kubernetes.put("pods", { metadata: { ...pod, namespace, labels } });
    const uid = kubernetes.get("serviceaccounts", namespace, serviceAccount)?.metadata.uid ?? "";
    return { namespace, serviceAccount: { name: serviceAccount, uid }, pod };
  }

  deletePod({ namespace, pod }: Workload): void {
    this.kubernetes.delete("pods", namespace, pod.name);
  }

  deleteServiceAccount({ namespace, serviceAccount }: Workload): void {
    this.kubernetes.delete("serviceaccounts", namespace, serviceAccount.name);
  }
}
