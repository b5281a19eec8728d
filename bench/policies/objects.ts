import { defaultImages } from "../../components/images";
import { instanceLabels, tenantLabels } from "../../components/labels";
import { deploymentSpec } from "../../components/tenant/deployment";
import { serviceAccountName } from "../../components/tenant/names";
import { tenantPolicies } from "../../components/tenant/network-policies";

/** An object of Kubernetes, as a resource of a program. */
export interface BenchObject {
  /** Such as `kubernetes:apps/v1:Deployment`. */
  readonly type: string;
  /** Pulumi's name. */
  readonly name: string;
  readonly props: object;
}

const namespace = "vrsky-tenants";
const small = { cpu: "10m", memory: "32Mi" };

/** What the program makes of as many tenants as it takes, in which the pack finds nothing wrong. */
export function tenantObjects(count: number): BenchObject[] {
  const tenants = Array.from({ length: Math.ceil(count / objectsOf("t0").length) }, (_, index) => `t${index + 1}`);
  return tenants.flatMap(objectsOf).slice(0, count);
}

/** Policies before the pods that they are around: so every part of the list holds by itself. */
function objectsOf(tenant: string): BenchObject[] {
  const policies = tenantPolicies({
    tenant,
    platformNamespace: "nats",
    monitoringNamespace: "vrsky-monitoring",
    egress: "open",
    workerNamespaces: true,
  });
  const own = { ...tenantLabels(tenant), ...instanceLabels(tenant, 1) };
  const metadata = { name: `nats-${tenant}-1`, namespace, labels: own };
  const spec = deploymentSpec({
    tenant,
    instance: 1,
    resources: { requests: small, limits: small },
    metrics: true,
    images: defaultImages,
    nodeSelector: {},
    restartDigest: "0",
  });
  return [
    ...policies.map(({ name, spec }) => ({
      type: "kubernetes:networking.k8s.io/v1:NetworkPolicy",
      name,
      props: { apiVersion: "networking.k8s.io/v1", kind: "NetworkPolicy", metadata: { name, namespace }, spec },
    })),
    {
      type: "kubernetes:core/v1:ServiceAccount",
      name: serviceAccountName(tenant),
      props: {
        apiVersion: "v1",
        kind: "ServiceAccount",
        metadata: { name: serviceAccountName(tenant), namespace, labels: tenantLabels(tenant) },
        automountServiceAccountToken: false,
      },
    },
    {
      type: "kubernetes:core/v1:Service",
      name: metadata.name,
      props: {
        apiVersion: "v1",
        kind: "Service",
        metadata,
        spec: { selector: instanceLabels(tenant, 1), ports: [{ name: "nats", port: 4222, targetPort: "nats" }] },
      },
    },
    {
      type: "kubernetes:apps/v1:Deployment",
      name: metadata.name,
      props: { apiVersion: "apps/v1", kind: "Deployment", metadata, spec },
    },
  ];
}
