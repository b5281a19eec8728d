import * as k8s from "@pulumi/kubernetes";
import { defaultImages } from "../../../components/images";
import { deploymentSpec } from "../../../components/tenant/deployment";
import { image } from "./client";

/** What is a tenant's, as it should be, but for what a scenario changes. */

type PodSpec = k8s.types.input.core.v1.PodSpec;
type ServiceSpec = k8s.types.input.core.v1.ServiceSpec;

const namespace = "vrsky-tenants";

/** Labels of a tenant's own pods. */
export const workerLabels = (tenant: string) => ({ app: "orders", "tenant-id": tenant });

/** Metadata of a tenant's workload. */
export const workerMetadata = (tenant = "acme") => ({
  name: `${tenant}-orders`,
  namespace,
  labels: workerLabels(tenant),
});

/** Template of a tenant's own pods. */
export function workerTemplate(spec: Partial<PodSpec> = {}, tenant = "acme") {
  const containers = [{ name: "orders", image }];
  return {
    metadata: { labels: workerLabels(tenant) },
    spec: { automountServiceAccountToken: false, containers, ...spec } satisfies PodSpec as PodSpec,
  };
}

/** Spec of a Deployment of them. */
export function workerSpec(spec: Partial<PodSpec> = {}, tenant = "acme") {
  return { selector: { matchLabels: workerLabels(tenant) }, template: workerTemplate(spec, tenant) };
}

/** The Service of a tenant's instances. */
export function service(spec: ServiceSpec = {}): void {
  new k8s.core.v1.Service("nats", {
    metadata: { name: "nats-acme", namespace, labels: { "tenant-id": "acme" } },
    spec: { selector: { app: "nats", "tenant-id": "acme" }, ports: [{ name: "client", port: 4222 }], ...spec },
  });
}

/** An instance of tenant acme, as the program makes it. */
export function instance(): void {
  const resources = { cpu: "1", memory: "1Gi" };
  new k8s.apps.v1.Deployment("acme", {
    metadata: { name: "nats-acme-1", namespace, labels: { "tenant-id": "acme" } },
    spec: deploymentSpec({
      tenant: "acme",
      instance: 1,
      resources: { requests: resources, limits: resources },
      metrics: false,
      images: defaultImages,
      nodeSelector: {},
      restartDigest: "0",
    }),
  });
}

/** A Secret of a tenant. */
export function tenantSecret(tenant: string, stringData: Record<string, string>): void {
  const metadata = { name: `nats-${tenant}-creds`, namespace, labels: { "nats-platform/tenant": tenant } };
  new k8s.core.v1.Secret(tenant, { metadata, stringData });
}
