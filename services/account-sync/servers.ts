import type { V1Pod } from "@kubernetes/client-node";
import { tenantIdLabel } from "../../components/labels";

/** A server that is to hold accounts: one pod. */
export interface ServerPod {
  readonly uid: string;
  /** Name of the pod, which is the server's name. */
  readonly name: string;
  /** Tenant whose instance it is; undefined for a server of the platform. */
  readonly tenant?: string;
  /** Undefined until Kubernetes has given it one. */
  readonly ip?: string;
  /** Phase of the pod, such as `Running`. */
  readonly phase: string;
  /** It is being deleted: it counts as long as it answers. */
  readonly terminating: boolean;
}

/** Servers among pods; those that have ended, and instances that name no tenant, are none. */
export function readServers(pods: readonly V1Pod[], kind: "platform" | "instance"): ServerPod[] {
  return pods.flatMap(({ metadata = {}, status = {} }) => {
    const { name, uid } = metadata;
    const tenant = kind === "instance" ? metadata.labels?.[tenantIdLabel] : undefined;
    const { phase = "Unknown", podIP: ip } = status;
    if (!name || !uid || phase === "Succeeded" || phase === "Failed" || (kind === "instance" && !tenant)) return [];
    const terminating = metadata.deletionTimestamp !== undefined;
    return [{ uid, name, phase, terminating, ...(tenant ? { tenant } : {}), ...(ip ? { ip } : {}) }];
  });
}
