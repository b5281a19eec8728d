import * as k8s from "@pulumi/kubernetes";

/** The callout takes whatever audience it has by itself. */
export const refusedBy = "callout-audience";

export function program(): void {
  const labels = { "app.kubernetes.io/name": "auth-callout" };
  const containers = [{ name: "auth-callout", image: "registry.example.com/auth-callout:1.0.0" }];
  new k8s.apps.v1.Deployment("callout", {
    metadata: { name: "auth-callout", namespace: "nats" },
    spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers } } },
  });
}
