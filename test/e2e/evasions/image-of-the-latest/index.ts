import * as k8s from "@pulumi/kubernetes";

/** What runs changes without a deployment. */
export const refusedBy = "images-pinned";

export function program(): void {
  const containers = [{ name: "web", image: "registry.example.com/web:latest" }];
  new k8s.core.v1.Pod("web", { metadata: { name: "web", namespace: "shop" }, spec: { containers } });
}
