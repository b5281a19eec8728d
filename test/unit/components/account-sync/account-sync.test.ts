import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { AccountSync, type AccountSyncArgs } from "../../../../components/account-sync/account-sync";
import { type Registered, recordResources, settled } from "../../support/mocks";

async function register(args: Partial<AccountSyncArgs> = {}): Promise<Registered[]> {
  const registered = recordResources();
  new AccountSync("account-sync", {
    platformNamespace: "nats",
    accountsNamespace: "nats-accounts",
    tenantsNamespace: "vrsky-tenants",
    operatorJwt: "the.operator.jwt",
    jetstream: true,
    credsSecret: "nats-account-sync-creds",
    image: "node:1",
    code: "console.log(1)",
    ...args,
  });
  await settled();
  return registered;
}

const ofType = (registered: Registered[], type: string) =>
  registered.filter((resource) => resource.type.endsWith(`:${type}`));
// biome-ignore lint/suspicious/noExplicitAny: tests look at whatever is there
const inputsOf = (registered: Registered[], type: string): any[] =>
  ofType(registered, type).map(({ inputs }) => inputs);

describe("AccountSync", () => {
  let registered: Registered[];
  // biome-ignore lint/suspicious/noExplicitAny: tests look at whatever is there
  let pod: any;
  before(async () => {
    registered = await register();
    pod = inputsOf(registered, "Deployment")[0].spec.template;
  });

  it("runs two replicas, apart where it can be, of which one is always there", () => {
    const [deployment] = inputsOf(registered, "Deployment");
    assert.equal(deployment.spec.replicas, 2);
    const [{ podAffinityTerm }] = pod.spec.affinity.podAntiAffinity.preferredDuringSchedulingIgnoredDuringExecution;
    assert.equal(podAffinityTerm.topologyKey, "kubernetes.io/hostname");
    const [budget] = inputsOf(registered, "PodDisruptionBudget");
    assert.equal(budget.spec.minAvailable, 1);
    for (const { matchLabels } of [deployment.spec.selector, podAffinityTerm.labelSelector, budget.spec.selector]) {
      assert.deepEqual(matchLabels, { "app.kubernetes.io/name": "account-sync" });
    }
  });

  it("is a client of the platform", () => {
    assert.equal(pod.metadata.labels["nats-platform/client"], "true");
    assert.equal(pod.metadata.labels["app.kubernetes.io/name"], "account-sync");
  });

  it("is as restricted as any other pod, with a token of a ServiceAccount of its own", () => {
    const [container] = pod.spec.containers;
    assert.equal(pod.spec.securityContext.runAsNonRoot, true);
    assert.deepEqual(container.securityContext.capabilities, { drop: ["ALL"] });
    assert.equal(container.securityContext.readOnlyRootFilesystem, true);
    assert.equal(pod.spec.serviceAccountName, "account-sync");
    assert.equal(pod.spec.automountServiceAccountToken, true);
    assert.equal(container.image, "node:1");
  });

  it("is told where to look, by names and public keys only", () => {
    const env = Object.fromEntries(
      pod.spec.containers[0].env.map((one: { name: string; value?: string }) => [one.name, one.value]),
    );
    assert.deepEqual(env, {
      PLATFORM_NAMESPACE: "nats",
      ACCOUNTS_NAMESPACE: "nats-accounts",
      TENANTS_NAMESPACE: "vrsky-tenants",
      POD_NAME: undefined,
      OPERATOR_JWT: "the.operator.jwt",
      JETSTREAM: "true",
      CREDS_FILE: "/creds/nats.creds",
    });
    assert.deepEqual(pod.spec.volumes[1], { name: "secret-0", secret: { secretName: "nats-account-sync-creds" } });
  });

  it("speaks TLS when clients must", async () => {
    const tls = { serverName: "nats.nats.svc.cluster.local", caSecret: "ca" };
    const { spec } = inputsOf(await register({ tls }), "Deployment")[0].spec.template;
    const env = Object.fromEntries(
      spec.containers[0].env.map((one: { name: string; value?: string }) => [one.name, one.value]),
    );
    assert.equal(env.TLS_SERVER_NAME, "nats.nats.svc.cluster.local");
    assert.equal(env.TLS_CA_FILE, "/ca/ca.crt");
    assert.deepEqual(spec.volumes[2], { name: "secret-1", secret: { secretName: "ca" } });
  });

  it("is granted something in three namespaces, each by a Role bound to its ServiceAccount", () => {
    const namespaces = (type: string) =>
      inputsOf(registered, type).map(({ metadata }) => `${metadata.name} in ${metadata.namespace}`);
    const expected = [
      "account-sync-accounts in nats-accounts",
      "account-sync-platform in nats",
      "account-sync-tenants in vrsky-tenants",
    ];
    assert.deepEqual(namespaces("Role").sort(), expected);
    assert.deepEqual(namespaces("RoleBinding").sort(), expected);
    for (const { subjects } of inputsOf(registered, "RoleBinding")) {
      assert.deepEqual(subjects, [{ kind: "ServiceAccount", name: "account-sync", namespace: "nats" }]);
    }
  });

  it("finds its tombstones made, and what it writes there is not taken back", () => {
    const [secret] = ofType(registered, "Secret");
    assert.deepEqual(secret?.inputs.metadata, {
      name: "nats-account-tombstones",
      namespace: "nats-accounts",
      labels: { "app.kubernetes.io/managed-by": "pulumi", "app.kubernetes.io/part-of": "nats-platform" },
    });
    assert.equal(secret?.inputs.data, undefined);
  });

  it("is asked at its Service", async () => {
    recordResources();
    const made = new AccountSync("account-sync", {
      platformNamespace: pulumi.output("nats"),
      accountsNamespace: "nats-accounts",
      tenantsNamespace: "vrsky-tenants",
      operatorJwt: "jwt",
      jetstream: false,
      credsSecret: "creds",
      image: "node:1",
      code: "1",
    });
    const url = await new Promise((resolve) => made.url.apply(resolve));
    assert.equal(url, "http://account-sync.nats.svc.cluster.local:8080");
    const [service] = inputsOf(registered, "Service");
    assert.deepEqual(service.spec.ports, [{ name: "http", port: 8080, targetPort: "http" }]);
  });

  it("is rolled when its code or the operator changes, and not otherwise", async () => {
    const template = async (args: Partial<AccountSyncArgs> = {}) =>
      JSON.stringify(inputsOf(await register(args), "Deployment")[0].spec.template);
    assert.equal(await template(), JSON.stringify(pod));
    assert.notEqual(await template({ code: "console.log(2)" }), JSON.stringify(pod));
    assert.notEqual(await template({ operatorJwt: "other" }), JSON.stringify(pod));
  });
});
