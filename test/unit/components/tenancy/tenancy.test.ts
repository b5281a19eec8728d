import assert from "node:assert/strict";
import type { instanceGuard } from "../../../../components/tenancy/instance-guard";
import { Tenancy } from "../../../../components/tenancy/tenancy";
import type { AdmissionSpec } from "../../../../policies/admission/policy-spec";
import { tenancyArgs } from "../../../../stacks/platform-args";
import { parsePlatformConfig } from "../../../../stacks/platform-config";
import { type Registered, recordResources, settled } from "../../support/mocks";

interface AdmissionBinding {
  readonly validationActions: string[];
  readonly matchResources: { readonly namespaceSelector: { readonly matchExpressions: { values?: string[] }[] } };
}

async function register(config: Record<string, unknown> = {}): Promise<Registered[]> {
  const registered = recordResources();
  new Tenancy("tenants", tenancyArgs(parsePlatformConfig(config)));
  await settled();
  return registered;
}

const ofType = (registered: Registered[], type: string) => registered.filter((resource) => resource.type === type);
const named = (registered: Registered[], kind: string, name: string) =>
  ofType(registered, `kubernetes:admissionregistration.k8s.io/v1:${kind}`).find(
    ({ inputs }) => (inputs.metadata as { name: string }).name === name,
  );
const policyNames = (registered: Registered[]) =>
  ofType(registered, "kubernetes:networking.k8s.io/v1:NetworkPolicy")
    .map(({ inputs }) => (inputs.metadata as { name: string }).name)
    .sort();

describe("Tenancy", () => {
  let registered: Registered[];
  before(async () => {
    registered = await register();
  });

  it("makes the tenants' namespace: restricted, and able to hold clients of the platform", () => {
    const [namespace] = ofType(registered, "kubernetes:core/v1:Namespace");
    assert.deepEqual(namespace?.inputs.metadata, {
      name: "vrsky-tenants",
      labels: {
        "app.kubernetes.io/managed-by": "pulumi",
        "app.kubernetes.io/part-of": "nats-platform",
        "nats-platform/clients": "true",
        "pod-security.kubernetes.io/enforce": "restricted",
        "pod-security.kubernetes.io/audit": "restricted",
        "pod-security.kubernetes.io/warn": "restricted",
      },
    });
  });

  it("denies everything there, then lets account-sync to instances, and monitoring to their metrics", () => {
    assert.deepEqual(policyNames(registered), ["account-sync-to-instances", "default-deny", "monitoring-to-instances"]);
    const spec = (name: string) => registered.find((resource) => resource.name === `tenants-${name}`)?.inputs.spec;
    assert.deepEqual(spec("default-deny"), { podSelector: {}, policyTypes: ["Ingress", "Egress"] });
    const instances = { matchLabels: { app: "nats" }, matchExpressions: [{ key: "tenant-id", operator: "Exists" }] };
    assert.deepEqual(spec("account-sync-to-instances"), {
      podSelector: instances,
      policyTypes: ["Ingress"],
      ingress: [
        {
          from: [
            {
              namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "nats" } },
              podSelector: { matchLabels: { "app.kubernetes.io/name": "account-sync" } },
            },
          ],
          ports: [{ protocol: "TCP", port: 4222 }],
        },
      ],
    });
    assert.deepEqual(spec("monitoring-to-instances"), {
      podSelector: instances,
      policyTypes: ["Ingress"],
      ingress: [
        {
          from: [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "vrsky-monitoring" } } }],
          ports: [{ protocol: "TCP", port: 7777 }],
        },
      ],
    });
  });

  it("keeps the label of instances to those who may open the network of the namespace", () => {
    const name = "nats-platform-vrsky-tenants-instances";
    const policy = named(registered, "ValidatingAdmissionPolicy", name);
    const binding = named(registered, "ValidatingAdmissionPolicyBinding", name);
    assert.deepEqual(binding?.inputs.spec, { policyName: name, validationActions: ["Deny"] });
    const spec = policy?.inputs.spec as ReturnType<typeof instanceGuard>;
    assert.equal(spec.failurePolicy, "Fail");
    assert.deepEqual(spec.matchConstraints.namespaceSelector.matchLabels, {
      "kubernetes.io/metadata.name": "vrsky-tenants",
    });
    // Whatever pods are made from.
    assert.deepEqual(
      spec.matchConstraints.resourceRules.flatMap(({ resources }) => resources),
      [
        ...["pods", "pods/status", "pods/binding", "pods/ephemeralcontainers", "bindings"],
        ...["replicationcontrollers", "deployments", "replicasets", "statefulsets", "daemonsets"],
        ...["jobs", "cronjobs"],
      ],
    );
  });

  it("holds tenants to five policies at admission, in their namespace and in those of their apps", () => {
    for (const name of ["host-access", "tenant-labels", "bindings", "tokens", "token-secrets"]) {
      const policyName = `nats-platform-vrsky-tenants-${name}`;
      const spec = named(registered, "ValidatingAdmissionPolicy", policyName)?.inputs.spec as AdmissionSpec;
      assert.equal(spec.failurePolicy, "Fail");
      assert.ok(spec.validations.length > 0);
      const binding = (of: string) => named(registered, "ValidatingAdmissionPolicyBinding", of)?.inputs.spec;
      const bound = (expression: object) => ({
        policyName,
        validationActions: ["Deny"],
        matchResources: { namespaceSelector: { matchExpressions: [expression] } },
      });
      assert.deepEqual(
        binding(policyName),
        bound({ key: "kubernetes.io/metadata.name", operator: "In", values: ["vrsky-tenants"] }),
      );
      assert.deepEqual(binding(`${policyName}-apps`), bound({ key: "nats-platform/tenant", operator: "Exists" }));
    }
  });

  it("holds mapped namespaces to them, too, and those where one ServiceAccount is mapped to labels alone", async () => {
    const mapping = [
      { namespace: "shop", tenant: "acme" },
      { namespace: "monitoring", serviceAccount: "exporter", tenant: "acme" },
    ];
    const changed = await register({ admission: { action: "warn" }, authCallout: { mapping } });
    const spec = (name: string) =>
      named(changed, "ValidatingAdmissionPolicyBinding", `nats-platform-vrsky-tenants-${name}`)?.inputs
        .spec as AdmissionBinding;
    const values = (name: string) => spec(name).matchResources.namespaceSelector.matchExpressions[0]?.values;
    assert.deepEqual(values("host-access"), ["vrsky-tenants", "shop"]);
    assert.deepEqual(values("tenant-labels"), ["vrsky-tenants", "shop", "monitoring"]);
    assert.deepEqual(spec("tokens").validationActions, ["Warn", "Audit"]);
    // That of instances is not about adopting what there is: nothing but tenants' stacks makes them.
    assert.deepEqual(spec("instances").validationActions, ["Deny"]);
  });

  it("opens no metrics port where instances have no exporter", async () => {
    assert.deepEqual(policyNames(await register({ metrics: false })), ["account-sync-to-instances", "default-deny"]);
  });

  it("limits all tenants together, and each container to what one instance may be given", async () => {
    const changed = await register({
      tenantsQuota: { requests: { cpu: "8", memory: "16Gi" }, limits: { cpu: "9", memory: "17Gi" }, pods: 12 },
      tenantCeiling: { resources: { cpu: "3", memory: "5Gi" } },
    });
    const [quota] = ofType(changed, "kubernetes:core/v1:ResourceQuota");
    assert.deepEqual(quota?.inputs.spec, {
      hard: {
        pods: "12",
        "requests.cpu": "8",
        "requests.memory": "16Gi",
        "limits.cpu": "9",
        "limits.memory": "17Gi",
        "services.loadbalancers": "0",
        "services.nodeports": "0",
      },
    });
    const [range] = ofType(changed, "kubernetes:core/v1:LimitRange");
    const { limits } = range?.inputs.spec as { limits: Record<string, unknown>[] };
    assert.deepEqual(limits[0]?.max, { cpu: "3", memory: "5Gi" });
    assert.ok(limits[0]?.default && limits[0]?.defaultRequest);
  });
});
