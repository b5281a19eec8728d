import * as k8s from "@pulumi/kubernetes";

/** A Secret of nobody in particular. */
export function secret(name: string, stringData: Record<string, string>): void {
  new k8s.core.v1.Secret(name, { metadata: { name, namespace: "shop" }, stringData });
}
