import assert from "node:assert/strict";
import { AccountActive } from "../../../../components/account-sync/account-active";
import { type Registered, recordResources, settled } from "../../support/mocks";

async function register(digest = "0123456789abcdef", tenant = "acme"): Promise<Registered[]> {
  const registered = recordResources();
  const url = "http://account-sync.nats.svc.cluster.local:8080";
  const program = { image: "node:1", code: "console.log(1)" };
  new AccountActive("active", { namespace: "nats", url, tenant, digest, ...program });
  await settled();
  return registered;
}

// biome-ignore lint/suspicious/noExplicitAny: tests look at whatever is there
const jobOf = (registered: Registered[]): any => registered.find(({ type }) => type.endsWith(":Job"))?.inputs;

describe("AccountActive", () => {
  it("waits by a Job for the account's JWT of that digest", async () => {
    const { spec } = jobOf(await register()).spec.template;
    const env = Object.fromEntries(
      spec.containers[0].env.map(({ name, value }: { name: string; value: string }) => [name, value]),
    );
    assert.deepEqual(env, {
      STATUS_URL: "http://account-sync.nats.svc.cluster.local:8080/accounts/tenant-acme",
      DIGEST: "0123456789abcdef",
      TIMEOUT_SECONDS: "60",
    });
    assert.equal(spec.containers[0].terminationMessagePolicy, "FallbackToLogsOnError");
    assert.equal(spec.restartPolicy, "Never");
    assert.equal(spec.automountServiceAccountToken, false);
  });

  it("is another Job for another JWT", async () => {
    assert.equal(jobOf(await register()).metadata.name, "active-tenant-acme-01234567");
    assert.equal(jobOf(await register("fedcba9876543210")).metadata.name, "active-tenant-acme-fedcba98");
  });

  it("has a name Kubernetes takes, for the longest id of a tenant", async () => {
    const registered = await register("0123456789abcdef", "a".repeat(40));
    const names = registered.map(({ inputs }) => (inputs.metadata as { name?: string } | undefined)?.name ?? "");
    assert.ok(jobOf(registered).metadata.name.length <= 63);
    assert.ok(names.every((name) => name.length <= 253));
  });

  it("does not try twice, is replaced when it failed, and belongs to its tenant", async () => {
    const { metadata, spec } = jobOf(await register());
    assert.equal(spec.backoffLimit, 0);
    assert.equal(metadata.annotations["pulumi.com/replaceUnready"], "true");
    assert.equal(metadata.labels["nats-platform/tenant"], "acme");
    assert.equal(spec.template.metadata.labels["nats-platform/tenant"], "acme");
    assert.equal(spec.template.metadata.labels["nats-platform/asks-account-sync"], "true");
  });
});
