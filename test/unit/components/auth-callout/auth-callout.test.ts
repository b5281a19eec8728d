import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { AuthCallout, type AuthCalloutArgs } from "../../../../components/auth-callout/auth-callout";
import { CalloutKeys } from "../../../../components/identity/callout-keys";
import { type Registered, recordResources, settled } from "../../support/mocks";
import { testKey } from "../identity/keys";

const seeds = { signing: testKey("account", "AUTH signing").seed, xkey: `SX${"A".repeat(56)}` };

async function register(args: Partial<AuthCalloutArgs> = {}, xkeys = [seeds.xkey]): Promise<Registered[]> {
  const registered = recordResources();
  const keys = new CalloutKeys("keys", {
    namespace: "nats",
    signingSeed: pulumi.secret(seeds.signing),
    xkeySeeds: pulumi.secret(xkeys),
  });
  new AuthCallout("auth-callout", {
    replicas: 2,
    audience: "nats",
    verification: "jwks",
    requirePod: true,
    mapping: [],
    platformNamespace: "nats",
    calloutNamespace: "nats-callout",
    natsUrl: "nats://nats.nats.svc.cluster.local:4222",
    accountId: testKey("account", "AUTH").publicKey,
    credsSecret: "nats-auth-callout-creds",
    keys,
    image: "node:1-slim",
    code: "console.log(1)",
    ...args,
  });
  await settled();
  return registered.filter(({ type }) => type.startsWith("kubernetes:"));
}

// biome-ignore lint/suspicious/noExplicitAny: tests look at whatever is there
const inputsOf = (registered: Registered[], type: string): any[] =>
  registered.filter((one) => one.type.endsWith(`:${type}`)).map(({ inputs }) => inputs);
/** The order of registration is no promise. */
const byName = (one: { metadata: { name: string } }, other: typeof one) =>
  one.metadata.name.localeCompare(other.metadata.name);
const podOf = (registered: Registered[]) => inputsOf(registered, "Deployment")[0].spec.template;
const envOf = (registered: Registered[]) =>
  Object.fromEntries(
    podOf(registered).spec.containers[0].env.map(({ name, value }: { name: string; value: string }) => [name, value]),
  );
const objectNames = (registered: Registered[]) =>
  registered
    .map(({ type, inputs }) => {
      const { name, namespace = "" } = inputs.metadata as { name: string; namespace?: string };
      return `${type.split(":")[2]} ${namespace}/${name}`;
    })
    .sort();

describe("AuthCallout", () => {
  let registered: Registered[];
  before(async () => {
    registered = await register();
  });

  it("makes exactly its objects", () => {
    const [code] = inputsOf(registered, "ConfigMap");
    assert.match(code.metadata.name, /^auth-callout-[0-9a-f]{10}$/);
    assert.deepEqual(objectNames(registered), [
      "ClusterRole /nats-auth-callout",
      "ClusterRoleBinding /nats-auth-callout",
      "ClusterRoleBinding /nats-auth-callout-jwks",
      `ConfigMap nats/${code.metadata.name}`,
      "Deployment nats/auth-callout",
      "NetworkPolicy nats/auth-callout",
      "PodDisruptionBudget nats/auth-callout",
      "Role nats-callout/auth-callout",
      "RoleBinding nats-callout/auth-callout",
      "Secret nats/nats-auth-callout-signing",
      "Secret nats/nats-auth-callout-xkey",
      "ServiceAccount nats/auth-callout",
    ]);
  });

  it("may look at pods, ServiceAccounts and namespaces, create events, read the tenants' Secrets in one namespace, and nothing else", () => {
    const [clusterRole] = inputsOf(registered, "ClusterRole");
    assert.deepEqual(clusterRole.rules, [
      { apiGroups: [""], resources: ["pods", "serviceaccounts", "namespaces"], verbs: ["list", "watch"] },
      { apiGroups: [""], resources: ["events"], verbs: ["create"] },
    ]);
    const [role] = inputsOf(registered, "Role");
    assert.deepEqual(role.rules, [{ apiGroups: [""], resources: ["secrets"], verbs: ["list", "watch"] }]);
    const bindings = [...inputsOf(registered, "ClusterRoleBinding"), ...inputsOf(registered, "RoleBinding")].sort(
      byName,
    );
    assert.deepEqual(
      bindings.map(({ roleRef }) => roleRef),
      [
        { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: "auth-callout" },
        { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "nats-auth-callout" },
        { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "system:service-account-issuer-discovery" },
      ],
    );
    for (const { subjects } of bindings) {
      assert.deepEqual(subjects, [{ kind: "ServiceAccount", name: "auth-callout", namespace: "nats" }]);
    }
  });

  it("may have tokens reviewed in place of reading keys where that is asked for", async () => {
    const reviewing = await register({ verification: "token-review" });
    assert.deepEqual(
      inputsOf(reviewing, "ClusterRoleBinding")
        .sort(byName)
        .map(({ metadata, roleRef }) => [metadata.name, roleRef.name]),
      [
        ["nats-auth-callout", "nats-auth-callout"],
        ["nats-auth-callout-token-review", "system:auth-delegator"],
      ],
    );
    assert.deepEqual(envOf(reviewing), { ...envOf(registered), VERIFICATION: "token-review" });
  });

  it("has objects of the whole cluster named after its environment's namespace", async () => {
    const other = await register({ platformNamespace: "nats-b" });
    for (const type of ["ClusterRole", "ClusterRoleBinding"]) {
      for (const { metadata } of inputsOf(other, type)) assert.match(metadata.name, /^nats-b-auth-callout/);
    }
  });

  it("is told names, public keys and files, and no secret", () => {
    assert.deepEqual(envOf(registered), {
      CALLOUT_NAMESPACE: "nats-callout",
      AUDIENCE: "nats",
      VERIFICATION: "jwks",
      REQUIRE_POD: "true",
      MAPPING: "[]",
      ACCOUNT_ID: testKey("account", "AUTH").publicKey,
      SIGNING_FILE: "/signing/signing.seed",
      XKEY_FILE: "/xkey/xkey.seeds",
      NATS_URL: "nats://nats.nats.svc.cluster.local:4222",
      CREDS_FILE: "/creds/nats.creds",
    });
  });

  it("is told of issuer, mapping and unbound tokens where they are set", async () => {
    const mapping = [{ namespace: "shop", serviceAccount: "web", tenant: "acme" }];
    const env = envOf(
      await register({ issuer: "https://issuer.example", mapping, requirePod: false, audience: "other" }),
    );
    assert.deepEqual(env, {
      ...envOf(registered),
      ISSUER: "https://issuer.example",
      MAPPING: '[{"namespace":"shop","serviceAccount":"web","tenant":"acme"}]',
      REQUIRE_POD: "false",
      AUDIENCE: "other",
    });
  });

  it("mounts its Secrets, each in a folder of its own, read-only", () => {
    const { containers, volumes } = podOf(registered).spec;
    const secretAt = containers[0].volumeMounts.map(({ name, mountPath, readOnly }: Record<string, unknown>) => [
      mountPath,
      volumes.find((one: { name: string }) => one.name === name).secret?.secretName,
      readOnly,
    ]);
    assert.deepEqual(secretAt, [
      ["/program", undefined, true],
      ["/creds", "nats-auth-callout-creds", true],
      ["/signing", "nats-auth-callout-signing", true],
      ["/xkey", "nats-auth-callout-xkey", true],
    ]);
  });

  it("speaks TLS by an authority of one's own", async () => {
    const natsUrl = "tls://nats.nats.svc.cluster.local:4222";
    const secure = await register({ natsUrl, caSecret: "nats-ca" });
    assert.deepEqual(envOf(secure), { ...envOf(registered), NATS_URL: natsUrl, TLS_CA_FILE: "/ca/ca.crt" });
    assert.deepEqual(podOf(secure).spec.volumes.at(-1).secret, { secretName: "nats-ca" });
    assert.equal(podOf(secure).spec.containers[0].volumeMounts.at(-1).mountPath, "/ca");
  });

  it("puts no seed and no creds into anything but a Secret", () => {
    for (const { type, name, inputs } of registered) {
      if (!type.endsWith(":Secret")) assert.doesNotMatch(JSON.stringify(inputs), /eyJ|\bS[OAUX][A-Z2-7]{50}/, name);
    }
  });

  it("runs its code on an image of Node, or an image of one's own without that", async () => {
    const [container] = podOf(registered).spec.containers;
    assert.equal(container.image, "node:1-slim");
    assert.equal(container.command[0], "node");
    const own = await register({ image: "registry.example/auth-callout@sha256:abc", code: undefined });
    const [ownContainer] = podOf(own).spec.containers;
    assert.equal(ownContainer.image, "registry.example/auth-callout@sha256:abc");
    assert.equal(ownContainer.command, undefined);
    assert.deepEqual(inputsOf(own, "ConfigMap"), []);
    assert.deepEqual(
      podOf(own).spec.volumes.map((one: { secret: { secretName: string } }) => one.secret.secretName),
      ["nats-auth-callout-creds", "nats-auth-callout-signing", "nats-auth-callout-xkey"],
    );
    assert.deepEqual(ownContainer.env, container.env);
  });

  it("runs as many replicas as asked, apart, of which one more comes before one goes", async () => {
    const [{ spec }] = inputsOf(await register({ replicas: 3 }), "Deployment");
    assert.equal(spec.replicas, 3);
    assert.deepEqual(spec.strategy, { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } });
    const labels = { "app.kubernetes.io/name": "auth-callout" };
    const [{ podAffinityTerm }] =
      spec.template.spec.affinity.podAntiAffinity.preferredDuringSchedulingIgnoredDuringExecution;
    const [budget] = inputsOf(registered, "PodDisruptionBudget");
    assert.equal(budget.spec.maxUnavailable, 1);
    for (const { matchLabels } of [spec.selector, podAffinityTerm.labelSelector, budget.spec.selector]) {
      assert.deepEqual(matchLabels, labels);
    }
  });

  it("is a client of the platform, as restricted as any other pod, with a token of a ServiceAccount of its own", () => {
    const { metadata, spec } = podOf(registered);
    assert.equal(metadata.labels["nats-platform/client"], "true");
    assert.equal(spec.securityContext.runAsNonRoot, true);
    assert.deepEqual(spec.containers[0].securityContext.capabilities, { drop: ["ALL"] });
    assert.equal(spec.containers[0].securityContext.readOnlyRootFilesystem, true);
    assert.deepEqual([spec.serviceAccountName, spec.automountServiceAccountToken], ["auth-callout", true]);
    assert.equal(inputsOf(registered, "ServiceAccount")[0].automountServiceAccountToken, false);
  });

  it("is heard by monitoring alone, and reaches DNS and the API server", () => {
    assert.deepEqual(inputsOf(registered, "NetworkPolicy")[0].spec, {
      podSelector: { matchLabels: { "app.kubernetes.io/name": "auth-callout" } },
      policyTypes: ["Ingress", "Egress"],
      ingress: [
        {
          from: [{ namespaceSelector: { matchLabels: { "nats-platform/monitoring": "true" } } }],
          ports: [{ protocol: "TCP", port: 8080 }],
        },
      ],
      egress: [
        {
          ports: [
            { protocol: "TCP", port: 443 },
            { protocol: "TCP", port: 6443 },
          ],
        },
        {
          to: [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "kube-system" } } }],
          ports: [
            { protocol: "UDP", port: 53 },
            { protocol: "TCP", port: 53 },
          ],
        },
      ],
    });
  });

  it("is rolled when its keys or its code are others, and not otherwise", async () => {
    const template = JSON.stringify(podOf(registered));
    assert.equal(JSON.stringify(podOf(await register())), template);
    assert.notEqual(JSON.stringify(podOf(await register({ code: "console.log(2)" }))), template);
    assert.notEqual(JSON.stringify(podOf(await register({}, [seeds.xkey, seeds.xkey]))), template);
  });
});
