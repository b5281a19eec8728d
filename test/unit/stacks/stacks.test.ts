import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { parse } from "yaml";
import { runStack } from "../../../stacks";
import { ConfigError } from "../../../stacks/config-error";
import { readProjectConfig } from "../../../stacks/project-config";
import { unwrap } from "../components/identity/fake-engine";
import { type Registered, recordResources, type Surroundings, settled } from "../support/mocks";

const declared = parse(readFileSync(join(__dirname, "..", "..", "..", "Pulumi.yaml"), "utf8")).config as Record<
  string,
  { default: unknown }
>;

/** Selects a stack as the CLI does: every key of the project has its default, and every value is text. */
function select(values: Record<string, unknown>) {
  const all = Object.entries(declared).map(([key, { default: value }]) => [key, value]);
  const texts = [...all, ...Object.entries(values)].map(([key, value]) => [
    `nats-platform:${key}`,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  pulumi.runtime.setAllConfig(Object.fromEntries(texts));
}

/** One run of a stack with these values. */
async function run(values: Record<string, unknown>, surroundings: Surroundings = {}) {
  const registered = recordResources(surroundings);
  select(values);
  const outputs = await runStack();
  await settled();
  return { registered, outputs: (await unwrap(pulumi.output(outputs))) as Record<string, unknown> };
}

const kubernetesTypes = (registered: readonly Registered[]) =>
  registered.filter(({ type }) => type.startsWith("kubernetes:")).map(({ type }) => type);

const quota = {
  metadata: { name: "tenants" },
  spec: { hard: { pods: "10", "requests.cpu": "8" } },
  status: { hard: { pods: "10", "requests.cpu": "8" }, used: { pods: "7", "requests.cpu": "6500m" } },
};

describe("configuration of the selected stack", () => {
  after(() => pulumi.runtime.setAllConfig({}));

  it("is that of the project, with the keys that are encrypted in its file", () => {
    recordResources();
    const all = { "nats-platform:replicas": "3", "nats-platform:operatorSigningKey": "SO", "kubernetes:context": "x" };
    pulumi.runtime.setAllConfig(all, ["nats-platform:operatorSigningKey"]);
    const { values, encrypted } = readProjectConfig();
    assert.deepEqual(values, { replicas: "3", operatorSigningKey: "SO" });
    assert.deepEqual([...encrypted], ["operatorSigningKey"]);
  });
});

describe("stacks", function () {
  // The first run loads everything that there is.
  this.timeout(60_000);

  let environment: Awaited<ReturnType<typeof run>>;
  /** What there is when a tenant's stack runs. */
  let surroundings: Surroundings & { readonly stacks: NonNullable<Surroundings["stacks"]> };
  before(async () => {
    environment = await run({});
    surroundings = {
      stack: "dev-tenant-acme",
      stacks: {
        dev: { outputs: environment.outputs, secret: ["operatorSigningSeed"] },
        "dev-tenant-acme": { outputs: {} },
      },
      objects: { "vrsky-tenants/tenants": quota },
    };
  });
  after(() => pulumi.runtime.setAllConfig({}));

  const acme = { id: "acme", environment: "dev" };
  const refusal = async (values: Record<string, unknown>, changes: Partial<Surroundings> = {}) => {
    const registered = recordResources({ ...surroundings, ...changes });
    select(values);
    const error = await runStack().then(
      () => assert.fail("it was not refused"),
      (reason) => reason,
    );
    await settled();
    assert.ok(error instanceof ConfigError, String(error));
    assert.deepEqual(kubernetesTypes(registered), [], "nothing was registered");
    return error.message;
  };

  describe("of an environment", () => {
    it("runs account-sync and the authorization callout, which wait for tenants", () => {
      const names = environment.registered.filter(({ type }) => type.endsWith(":Deployment")).map(({ name }) => name);
      assert.deepEqual(names.sort(), ["account-sync", "auth-callout"]);
    });

    it("runs no callout where it is turned off, and has its keys all the same", async () => {
      const { registered } = await run({ authCallout: { enabled: false } });
      const names = registered.filter(({ inputs }) => JSON.stringify(inputs.metadata ?? {}).includes("auth-callout"));
      assert.deepEqual(names.map(({ inputs }) => (inputs.metadata as { name: string }).name).sort(), [
        "nats-auth-callout-creds",
        "nats-auth-callout-signing",
        "nats-auth-callout-xkey",
      ]);
    });

    it("gives tenants what they build on, the signing key as a secret apart", () => {
      const { tenancy, operatorSigningSeed } = environment.outputs as {
        tenancy: Record<string, unknown>;
        operatorSigningSeed: string;
      };
      assert.match(operatorSigningSeed, /^SO[A-Z2-7]{56}$/);
      assert.doesNotMatch(JSON.stringify(tenancy), /S[OAU][A-Z2-7]{56}/);
      const { operatorJwt, operatorPublicKey, systemAccountId, systemAccountJwt, ...plain } = tenancy;
      for (const value of [operatorJwt, systemAccountJwt]) assert.match(String(value), /^eyJ/);
      assert.match(String(operatorPublicKey), /^O[A-Z2-7]{55}$/);
      assert.match(String(systemAccountId), /^A[A-Z2-7]{55}$/);
      assert.deepEqual(
        { ...plain, accountSyncUrl: "" },
        {
          tenantsNamespace: "vrsky-tenants",
          monitoringNamespace: "vrsky-monitoring",
          platformNamespace: "nats",
          accountsNamespace: "nats-accounts",
          calloutNamespace: "nats-callout",
          natsClusterUrl: "nats://nats.nats.svc.cluster.local:4222",
          accountSyncUrl: "",
          epochs: { operator: 1, accounts: 1 },
          ceiling: declared.tenantCeiling?.default,
          quotaName: "tenants",
          metrics: true,
          images: declared.images?.default,
          protect: true,
          tlsCaSecret: undefined,
        },
      );
    });
  });

  describe("of a workstation", () => {
    const accounts = { NOETL: { users: ["noetl"], buckets: [{ name: "sessions" }] } };

    for (const auth of ["jwt", "static"] as const) {
      it(`tells commands how it is reached, and who logs in with what, with auth ${auth}`, async () => {
        const { outputs, registered } = await run({ protect: false, workstation: { auth, accounts } });
        const { logins, accountPublicKeys, ...plain } = outputs;
        assert.deepEqual(plain, {
          kind: "workstation",
          auth,
          namespace: "nats-workstation",
          replicas: 1,
          natsClusterUrl: "nats://nats.nats-workstation.svc.cluster.local:4222",
          nodePorts: { client: 30422, monitoring: 30822 },
          monitoringUrl: "http://nats-headless.nats-workstation.svc.cluster.local:8222",
          sessionCacheTtlSeconds: 300,
          verify: {
            accounts: [{ name: "NOETL", buckets: [{ name: "sessions", ttlSeconds: 300 }], streams: [] }],
          },
          secretNames:
            auth === "jwt"
              ? { sys: "nats-sys-creds", noetl: "nats-noetl-creds" }
              : { sys: "nats-sys-password", noetl: "nats-noetl-password" },
        });
        const known = logins as Record<string, Record<string, { creds?: string; password?: string }>>;
        assert.deepEqual(Object.keys(known), ["SYS", "NOETL"]);
        if (auth === "static") {
          assert.deepEqual(known, { SYS: { sys: { password: "sys" } }, NOETL: { noetl: { password: "noetl" } } });
          assert.equal(accountPublicKeys, undefined);
        } else {
          assert.match(known.NOETL?.noetl?.creds ?? "", /BEGIN USER NKEY SEED/);
          assert.deepEqual(Object.keys(accountPublicKeys as object), ["SYS", "NOETL"]);
        }
        assert.equal(kubernetesTypes(registered).filter((type) => /:Chart$/.test(type)).length, 1);
      });
    }

    it("registers nothing when its configuration is wrong", async () => {
      const message = await refusal({ workstation: { auth: "none", accounts }, replicas: 5 });
      assert.match(
        message,
        /2 problems[\s\S]*replicas: is a key of an environment[\s\S]*workstation\.auth = "none": must be jwt or static/,
      );
      assert.match(
        await refusal({ protect: false, chartPath: "/nowhere", workstation: { accounts } }),
        /chartPath = \/nowhere/,
      );
    });
  });

  describe("of a tenant", () => {
    it("makes the tenant, and tells where it is reached and with what", async () => {
      const { registered, outputs } = await run({ tenant: { ...acme, instances: 1 } }, surroundings);
      assert.deepEqual(
        kubernetesTypes(registered).filter((type) => /Deployment|Namespace|Chart|Job/.test(type)),
        ["kubernetes:apps/v1:Deployment", "kubernetes:batch/v1:Job"],
        "an instance, and who waits until the account is in force",
      );
      const { creds, accountPublicKey, verify, ...plain } = outputs;
      assert.match(String(accountPublicKey), /^A[A-Z2-7]{55}$/);
      assert.match((creds as { worker: string }).worker, /BEGIN USER NKEY SEED/);
      assert.equal((verify as { account: { id: unknown } }).account.id, accountPublicKey);
      assert.deepEqual(plain, {
        tenant: "acme",
        environment: "dev",
        instanceUrls: ["nats://nats-acme-1.vrsky-tenants.svc.cluster.local:4222"],
        natsUrl: "nats://nats-acme-1.vrsky-tenants.svc.cluster.local:4222",
        platformUrl: "nats://nats.nats.svc.cluster.local:4222",
        secretNames: { worker: "nats-acme-worker-creds" },
        issued: { accountEpoch: 1, users: { worker: { role: "worker", epoch: 1, retiredEpoch: 0, revoked: false } } },
        quotaDemand: {
          pods: 1,
          "requests.cpu": 1.01,
          "requests.memory": 2080 * 2 ** 20,
          "limits.cpu": 2.2,
          "limits.memory": 4224 * 2 ** 20,
        },
      });
    });

    it("keeps creds secret", async () => {
      recordResources(surroundings);
      select({ tenant: { ...acme, instances: 0 } });
      const outputs = await runStack();
      assert.equal(await pulumi.isSecret(outputs.creds as pulumi.Output<unknown>), true);
      await settled();
    });

    it("sends workers to the platform when it has no instances", async () => {
      const { outputs } = await run({ tenant: { ...acme, instances: 0 } }, surroundings);
      assert.deepEqual(outputs.instanceUrls, []);
      assert.equal(outputs.natsUrl, "nats://nats.nats.svc.cluster.local:4222");
    });

    it("refuses keys of the environment that were set, with everything else that is wrong", async () => {
      const message = await refusal({ tenant: { ...acme, egress: "none" }, replicas: 5, jetstream: false });
      assert.match(message, /has 3 problems/);
      assert.match(message, /replicas: belongs to the environment.*Pulumi.dev.yaml/);
      assert.match(message, /jetstream: belongs to the environment/);
      assert.match(message, /tenant.egress = "none"/);
    });

    it("refuses an environment whose stack has nothing for tenants", async () => {
      const stacks = { ...surroundings.stacks, dev: { outputs: { environment: "dev" } } };
      assert.match(
        await refusal({ tenant: acme }, { stacks }),
        /tenant.environment = dev: .*run make up STACK=dev first/,
      );
    });

    it("refuses an environment that was brought up before it told its images", async () => {
      const { images: _, ...tenancy } = environment.outputs.tenancy as Record<string, unknown>;
      const outputs = { ...environment.outputs, tenancy };
      const stacks = { ...surroundings.stacks, dev: { outputs, secret: ["operatorSigningSeed"] } };
      assert.match(await refusal({ tenant: acme }, { stacks }), /was brought up by an older version of this program/);
    });

    it("refuses more than ceiling and quota allow, and creds that would come back, all at once", async () => {
      const issued = { accountEpoch: 1, users: { bob: { epoch: 1, retiredEpoch: 0, revoked: true } } };
      const stacks = { ...surroundings.stacks, "dev-tenant-acme": { outputs: { issued } } };
      const message = await refusal({ tenant: { ...acme, limits: { connections: 99_999 }, instances: 2 } }, { stacks });
      assert.match(message, /has 3 problems/);
      assert.match(message, /tenant.limits.connections = 99999: must be at most 10000/);
      assert.match(
        message,
        /tenant.instances = 2: more than quota vrsky-tenants\/tenants has \(requests.cpu: needs 2.02, 1.5 of 8 is left\)/,
      );
      assert.match(message, /user bob is left out/);
    });

    it("counts what the tenant has already as its own", async () => {
      const quotaDemand = { pods: 2, "requests.cpu": 2.02 };
      const stacks = { ...surroundings.stacks, "dev-tenant-acme": { outputs: { quotaDemand } } };
      await run({ tenant: { ...acme, instances: 2 } }, { ...surroundings, stacks });
    });
  });
});
