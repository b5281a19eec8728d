import { networkPolicies as accountSyncPolicies } from "../../../../components/account-sync/network-policies";
import { kubernetesEgress } from "../../../../components/app/egress";
import { natsSettings } from "../../../../components/app/nats-args";
import { networkPolicy as calloutPolicy } from "../../../../components/auth-callout/network-policies";
import { defaultImages } from "../../../../components/images";
import { instanceLabels, tenantLabels } from "../../../../components/labels";
import { defaultDeny, type NamedPolicy } from "../../../../components/network-policy";
import { networkPolicies as platformPolicies } from "../../../../components/platform/network-policies";
import { restrictedNamespaceLabels } from "../../../../components/pod-security";
import { tenancyPolicies } from "../../../../components/tenancy/objects";
import { deploymentSpec } from "../../../../components/tenant/deployment";
import { tenantPolicies } from "../../../../components/tenant/network-policies";
import type { Resource } from "./pack";

/** What the program makes of tenants and of the platform, as far as policies about isolation look at it. */

export const tenantsNamespace = "vrsky-tenants";

/** Copies in which nothing stands in two places, so that a mutation changes one. */
const apart = <T>(value: T): T => JSON.parse(JSON.stringify(value));

const surroundings = { platformNamespace: "nats", monitoringNamespace: "vrsky-monitoring" };

function networkPolicies(namespace: string, policies: readonly NamedPolicy[]): Resource[] {
  return policies.map(({ name, spec }) =>
    apart({
      type: "kubernetes:networking.k8s.io/v1:NetworkPolicy",
      name,
      props: { apiVersion: "networking.k8s.io/v1", kind: "NetworkPolicy", metadata: { name, namespace }, spec },
    }),
  );
}

/** The namespace of all tenants. */
export function namespace(name: string = tenantsNamespace): Resource {
  return {
    type: "kubernetes:core/v1:Namespace",
    name,
    props: { apiVersion: "v1", kind: "Namespace", metadata: { name, labels: restrictedNamespaceLabels } },
  };
}

/** Everything is denied in a namespace. */
export function denied(namespace: string = tenantsNamespace): Resource[] {
  return networkPolicies(namespace, [defaultDeny]);
}

/** Policies of the tenants' namespace that hold for every tenant. */
export function tenancy(): Resource[] {
  return networkPolicies(tenantsNamespace, tenancyPolicies({ ...surroundings, metrics: true }));
}

/** Policies of one tenant: around its instances `tenant-nats-isolation-<tenant>`, and of its workers. */
export function policiesOf(tenant: string): Resource[] {
  return networkPolicies(
    tenantsNamespace,
    tenantPolicies({ ...surroundings, tenant, egress: "open", workerNamespaces: true }),
  );
}

/** One instance of a tenant: ServiceAccount `nats-<tenant>`, Service `<tenant>-service` and Deployment `<tenant>`. */
export function instance(tenant: string): Resource[] {
  const own = { ...tenantLabels(tenant), ...instanceLabels(tenant, 1) };
  const metadata = { name: `nats-${tenant}-1`, namespace: tenantsNamespace, labels: own };
  const spec = deploymentSpec({
    tenant,
    instance: 1,
    resources: { requests: { cpu: "1", memory: "1Gi" }, limits: { cpu: "1", memory: "1Gi" } },
    metrics: true,
    images: defaultImages,
    nodeSelector: {},
    restartDigest: "0",
  });
  return apart([
    {
      type: "kubernetes:core/v1:ServiceAccount",
      name: `nats-${tenant}`,
      props: {
        apiVersion: "v1",
        kind: "ServiceAccount",
        metadata: { name: `nats-${tenant}`, namespace: tenantsNamespace, labels: tenantLabels(tenant) },
        automountServiceAccountToken: false,
      },
    },
    {
      type: "kubernetes:core/v1:Service",
      name: `${tenant}-service`,
      props: {
        apiVersion: "v1",
        kind: "Service",
        metadata,
        spec: { selector: instanceLabels(tenant, 1), ports: [{ name: "nats", port: 4222, targetPort: "nats" }] },
      },
    },
    {
      type: "kubernetes:apps/v1:Deployment",
      name: tenant,
      props: { apiVersion: "apps/v1", kind: "Deployment", metadata, spec },
    },
  ]);
}

/** A tenant's own pods, in its Deployment `<tenant>-worker`. */
export function worker(tenant: string): Resource[] {
  const labels = { app: "orders", "tenant-id": tenant };
  const container = { name: "orders", image: "registry.example.com/orders:1" };
  const props = {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: `${tenant}-orders`, namespace: tenantsNamespace, labels },
    spec: {
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { automountServiceAccountToken: false, containers: [container] } },
    },
  };
  return apart([{ type: "kubernetes:apps/v1:Deployment", name: `${tenant}-worker`, props }]);
}

/** Policies of the platform's namespace. */
export function platform(): Resource[] {
  return networkPolicies("nats", [
    ...platformPolicies({ leafnodes: true, metrics: true }),
    ...accountSyncPolicies(tenantsNamespace),
    calloutPolicy,
  ]);
}

/** An app's egress, as Kubernetes' NetworkPolicy. */
export function appPolicies(): Resource[] {
  const settings = natsSettings({ enabled: true, serviceAddress: "nats.nats.svc.cluster.local" });
  const spec = kubernetesEgress(settings, { matchLabels: { app: "web" } });
  return networkPolicies("shop", [{ name: "web-nats", spec: spec as NamedPolicy["spec"] }]);
}
