import type { KubernetesObject } from "../../kernel/object";
import { adminPolicy } from "./admin";
import { ciliumPolicy } from "./cilium";
import { foreignPolicy } from "./foreign";
import { networkPolicy } from "./network-policy";
import type { Statement } from "./statement";

/** Kinds of objects by which somebody is let in to pods. What they let in adds up. */
export const networkPolicyKinds = [
  "NetworkPolicy",
  "CiliumNetworkPolicy",
  "CiliumClusterwideNetworkPolicy",
  "AdminNetworkPolicy",
  "BaselineAdminNetworkPolicy",
  "ClusterNetworkPolicy",
  "GlobalNetworkPolicy",
  "Profile",
];

/** Whether it is Kubernetes' own NetworkPolicy: other projects have kinds of that name. */
export function isNetworkPolicy({ apiVersion, kind }: KubernetesObject): boolean {
  return kind === "NetworkPolicy" && /^(networking\.k8s\.io|extensions)\//.test(apiVersion);
}

/** What an object of {@link networkPolicyKinds} lets in. */
export function statementsOf(object: KubernetesObject): Statement[] {
  if (isNetworkPolicy(object)) return networkPolicy(object);
  if (object.apiVersion.startsWith("cilium.io/")) return ciliumPolicy(object);
  if (object.apiVersion.startsWith("policy.networking.k8s.io/")) return adminPolicy(object);
  return foreignPolicy(object);
}
