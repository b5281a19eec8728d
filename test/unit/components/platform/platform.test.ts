import assert from "node:assert/strict";
import { Platform } from "../../../../components/platform/platform";
import { platformArgs } from "../../../../stacks/platform-args";
import { parsePlatformConfig } from "../../../../stacks/platform-config";
import { type Registered, recordResources, settled } from "../../support/mocks";

async function register(config: Record<string, unknown> = {}): Promise<Registered[]> {
  const registered = recordResources();
  new Platform("platform", platformArgs(parsePlatformConfig(config)));
  await settled();
  return registered;
}

/** The one resource of a type, or of a type and name. */
function only(registered: Registered[], type: string, name?: string): Registered {
  const [resource, ...others] = ofType(registered, type).filter((one) => name === undefined || one.name === name);
  assert.ok(resource && others.length === 0, `${others.length + (resource ? 1 : 0)} resources of type ${type}`);
  return resource;
}

const ofType = (registered: Registered[], type: string) => registered.filter((resource) => resource.type === type);

/** What a secret input holds: mocks see it in Pulumi's envelope. */
function plain(value: unknown): unknown {
  const envelope = value as { value?: unknown } | undefined;
  return typeof envelope === "object" && envelope !== null && "value" in envelope ? envelope.value : value;
}

describe("Platform", () => {
  let registered: Registered[];
  before(async () => {
    registered = await register();
  });

  it("creates a namespace with PodSecurity restricted that admits clients", () => {
    const namespace = only(registered, "kubernetes:core/v1:Namespace", "platform");
    assert.deepEqual(namespace.inputs.metadata, {
      name: "nats",
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

  it("keeps account JWTs in a namespace of their own, which admits nobody", () => {
    const accounts = ofType(registered, "kubernetes:core/v1:Secret").filter(({ name }) =>
      /-account-[a-z]+$/.test(name),
    );
    const metadata = accounts.map(({ inputs }) => inputs.metadata as { name: string; namespace: string });
    assert.deepEqual(metadata.map(({ name, namespace }) => `${namespace}/${name}`).sort(), [
      "nats-accounts/nats-account-auth",
      "nats-accounts/nats-account-platform",
      "nats-accounts/nats-account-sys",
    ]);
    const namespace = only(registered, "kubernetes:core/v1:Namespace", "platform-accounts");
    const { labels } = namespace.inputs.metadata as { labels: Record<string, string> };
    assert.equal(labels["nats-platform/clients"], undefined);
    assert.equal(labels["pod-security.kubernetes.io/enforce"], "restricted");
  });

  it("installs the official chart at a fixed version, as release nats", () => {
    const chart = only(registered, "kubernetes:helm.sh/v4:Chart");
    const { chart: name, version, namespace, repositoryOpts } = chart.inputs;
    assert.deepEqual(
      { name, version, namespace, repositoryOpts, release: chart.inputs.name },
      {
        name: "nats",
        version: "2.14.2",
        namespace: "nats",
        release: "nats",
        repositoryOpts: { repo: "https://nats-io.github.io/k8s/helm/charts/" },
      },
    );
  });

  it("installs a chart from disk when told to, and then names no repository", async () => {
    const chart = only(await register({ chartPath: "/charts/nats" }), "kubernetes:helm.sh/v4:Chart");
    assert.equal(chart.inputs.chart, "/charts/nats");
    assert.equal(chart.inputs.repositoryOpts, undefined);
    assert.equal(chart.inputs.version, undefined);
  });

  it("keeps seeds and JWTs out of the chart's values", () => {
    const chart = only(registered, "kubernetes:helm.sh/v4:Chart");
    assert.doesNotMatch(JSON.stringify(chart.inputs), /eyJ|\bS[OAUX][A-Z2-7]{56}\b/);
  });

  it("gives the servers operator, system account, sentinel and all accounts in a Secret", () => {
    const secret = ofType(registered, "kubernetes:core/v1:Secret").find(({ name }) => name === "nats-auth");
    const data = plain(secret?.inputs.data) as Record<string, unknown>;
    const text = Buffer.from(String(plain(data["auth.conf"])), "base64").toString();
    assert.match(
      text,
      /^operator: eyJ[\w.-]+\nsystem_account: A[A-Z2-7]{55}\ndefault_sentinel: eyJ[\w.-]+\nresolver_preload: \{\n( {2}A[A-Z2-7]{55}: eyJ[\w.-]+\n){3}\}\n$/,
    );
  });

  it("closes the namespace with three policies", () => {
    const names = ofType(registered, "kubernetes:networking.k8s.io/v1:NetworkPolicy").map(({ name }) => name);
    assert.deepEqual(names.sort(), ["default-deny", "nats-clients", "nats-servers"]);
  });

  it("applies the buckets by one Job with the control plane's creds, as a restricted client", () => {
    const job = only(registered, "kubernetes:batch/v1:Job");
    const { template } = job.inputs.spec as {
      template: { metadata: { labels: object }; spec: Record<string, unknown> };
    };
    assert.equal((template.metadata.labels as Record<string, string>)["nats-platform/client"], "true");
    assert.equal(template.spec.automountServiceAccountToken, false);
    assert.deepEqual((template.spec.volumes as { name: string }[])[1], {
      name: "creds",
      secret: { secretName: "nats-control-plane-creds" },
    });
    const [container] = template.spec.containers as { env: { name: string; value: string }[] }[];
    assert.equal(
      container?.env.find(({ name }) => name === "NATS_URL")?.value,
      [0, 1, 2].map((index) => `nats://nats-${index}.nats-headless.nats.svc.cluster.local:4222`).join(","),
    );
  });

  it("names the Job after the buckets, so that changed buckets are applied anew", async () => {
    const jobName = (all: Registered[]) =>
      (only(all, "kubernetes:batch/v1:Job").inputs.metadata as { name: string }).name;
    const changed = await register({ buckets: [{ name: "a", maxSize: "1Gi" }] });
    assert.equal(jobName(registered), jobName(await register()));
    assert.notEqual(jobName(registered), jobName(changed));
  });

  it("has no Job without buckets", async () => {
    const without = await register({ jetstream: false, buckets: [] });
    assert.equal(ofType(without, "kubernetes:batch/v1:Job").length, 0);
  });

  it("speaks TLS to the servers when clients must", async () => {
    const job = only(await register({ tlsClientSecret: "client", tlsCaSecret: "ca" }), "kubernetes:batch/v1:Job");
    const { spec } = (job.inputs.spec as { template: { spec: Record<string, unknown> } }).template;
    const [container] = spec.containers as { env: { name: string; value: string }[] }[];
    const env = Object.fromEntries(container?.env.map(({ name, value }) => [name, value]) ?? []);
    assert.match(String(env.NATS_URL), /^tls:\/\/nats-0\.nats-headless\.nats\.svc\.cluster\.local:4222,tls:/);
    assert.equal(env.NATS_CA, "/ca/ca.crt");
  });

  it("registers the same inputs on a second run", async () => {
    const texts = (all: Registered[]) => all.map((resource) => JSON.stringify(resource)).sort();
    assert.deepEqual(texts(await register()), texts(registered));
  });
});
