import * as k8s from "@pulumi/kubernetes";
import { workerMetadata, workerSpec } from "../tenant";

/** By its namespace the callout takes globex's app for acme's. */
export const refusedBy = "tenant-namespaces";

export function program(): void {
  new k8s.core.v1.Namespace("apps", { metadata: { name: "acme-apps", labels: { "nats-platform/tenant": "acme" } } });
  const metadata = { ...workerMetadata("globex"), namespace: "acme-apps" };
  new k8s.apps.v1.Deployment("orders", { metadata, spec: workerSpec({}, "globex") });
}
