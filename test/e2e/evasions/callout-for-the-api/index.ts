import * as k8s from "@pulumi/kubernetes";

/** The callout takes tokens for the Kubernetes API. */
export const refusedBy = "callout-audience";

export function program(): void {
  const labels = { "app.kubernetes.io/name": "auth-callout" };
  const env = [{ name: "AUDIENCE", value: "https://kubernetes.default.svc.cluster.local" }];
  const containers = [{ name: "auth-callout", image: "registry.example.com/auth-callout:1.0.0", env }];
  new k8s.apps.v1.Deployment("callout", {
    metadata: { name: "auth-callout", namespace: "nats" },
    spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers } } },
  });
}
