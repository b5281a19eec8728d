import assert from "node:assert/strict";
import { isReady } from "../../commands/kubernetes";
import { refuseToLeaveTenants } from "../../commands/rotation";
import { accountsNamespace } from "../../components/platform/namespaces";
import { instanceName, instanceUrl } from "../../components/tenant/names";
import { command } from "./support/command";
import { changes, core, eventually, namespace, stack, target, up } from "./support/platform";
import {
  assertGreen,
  copyCreds,
  downTenants,
  instancePods,
  openTenant,
  removeCopies,
  serverUrls,
  tenantsNamespace,
  upTenant,
} from "./support/tenants";
import { assertWorkerRefused, startWorker, stopWorkers, storeMessages, type Worker } from "./support/worker";

const urls = (tenant: string, ...instances: number[]) =>
  instances.map((number) => instanceUrl(tenant, number, tenantsNamespace)).join(",");

/** Pods of platform and account-sync, with their restarts: what a tenant's coming and going must not touch. */
async function platformPods(): Promise<string[]> {
  const { items } = await core().listNamespacedPod({ namespace, labelSelector: "!batch.kubernetes.io/job-name" });
  return items
    .filter(({ metadata }) => !metadata?.labels?.["nats-platform/program"])
    .map(({ metadata, status }) => {
      const restarts = (status?.containerStatuses ?? []).map(({ restartCount }) => restartCount);
      return `${metadata?.name} ${metadata?.uid} ${restarts}`;
    })
    .sort();
}

/** Objects in the tenants' and the accounts' namespace, with their versions. */
async function objects(): Promise<string[]> {
  const lists = await Promise.all([
    core().listNamespacedSecret({ namespace: tenantsNamespace }),
    core().listNamespacedService({ namespace: tenantsNamespace }),
    core().listNamespacedPod({ namespace: tenantsNamespace }),
    core().listNamespacedSecret({ namespace: accountsNamespace(namespace) }),
  ]);
  return lists.flatMap(({ items }) => items.map(({ metadata }) => `${metadata?.name} ${metadata?.uid}`)).sort();
}

const bob = { name: "bob", role: "worker" };
/** Those of the repository's own tenants, without whom their stacks refuse to come up again. */
const users = [
  { name: "worker", role: "worker" },
  { name: "admin", role: "admin" },
  { name: "observer", role: "observer" },
];

describe("tenants, from the first to the last day", () => {
  before("up", () => up());

  afterEach("workers of a test end with it", () => stopWorkers());

  after("the tenants are gone", async () => {
    await downTenants("acme", "globex");
    await removeCopies();
  });

  it("come up side by side by make tenant-up, each with a table in which all is green", async () => {
    const before = await platformPods();
    const [acme, globex] = await Promise.all([
      command("tenant-up", { TENANT: "acme" }),
      command("tenant-up", { TENANT: "globex" }),
    ]);
    for (const [tenant, { code, stdout, stderr }] of Object.entries({ acme, globex })) {
      assert.equal(code, 0, `${stdout}\n${stderr}`);
      assert.match(stdout, new RegExp(`tenant ${tenant} is as it should be\n$`));
      for (const row of [`instance nats-${tenant}-1`, `account tenant-${tenant}`, "limits", "creds worker"]) {
        assert.match(stdout, new RegExp(`^✓ ${row} `, "m"));
      }
      assert.match(stdout, new RegExp(`^✓ isolation tenant-nats-isolation-${tenant} .*as declared$`, "m"));
      assert.doesNotMatch(stderr, /waiting for another command/);
    }
    assert.match(acme.stdout, /^✓ account tenant-acme .*in force on all 5 servers/m);
    assert.deepEqual(await platformPods(), before);
  });

  it("give no other stack anything to do", async () => {
    assert.deepEqual(changes((await (await stack()).preview()).changeSummary), {});
    for (const tenant of ["acme", "globex"]) {
      const { code, stdout } = await command("tenant-status", { TENANT: tenant }, "--json");
      assert.equal(code, 0, stdout);
      assert.equal(JSON.parse(stdout).ok, true);
    }
  });

  it("are not shut out by keys of the environment that are rotated twice before they have followed once", async () => {
    const rotate = async (operatorEpoch: number, accountsEpoch: number, env: NodeJS.ProcessEnv = {}) =>
      refuseToLeaveTenants(target, await stack({ operatorEpoch, accountsEpoch }), env);
    await rotate(2, 2);
    await assert.rejects(rotate(3, 1), /acme: operatorEpoch 3 does not trust .* 1\n +globex: .*make tenant-up/s);
    await assert.rejects(rotate(1, 3), /acme: accountsEpoch 3 does not trust .* 1\n +globex: /);
    await rotate(3, 3, { FORCE_ROTATION: "true" });
  });

  it("are left as they are by what cannot be, and it says why", async () => {
    const before = await objects();
    const refused = async (id: string, tenant: Record<string, unknown>, reason: RegExp) => {
      const failed = (await openTenant(id, tenant)).up();
      await assert.rejects(failed, (error: Error) => {
        assert.match(error.message, reason);
        return true;
      });
      await downTenants(id);
    };
    await refused("umbrella", { id: "acme" }, /tenant\.id = acme: belongs in stack dev-tenant-acme/);
    await refused("sys", {}, /tenant\.id = "sys": is reserved/);
    await refused("hooli", { environment: "nowhere" }, /nowhere/);
    await refused(
      "hooli",
      { limits: { connections: 10_000_000 }, instances: 1000 },
      /tenant\.instances = 1000: must be at most(?:.|\n)*tenant\.limits\.connections = 10000000: must be at most/,
    );
    await refused(
      "hooli",
      { instances: 20, resources: { requests: { cpu: "4", memory: "4Gi" }, limits: { cpu: "4", memory: "8Gi" } } },
      /more than quota vrsky-tenants\/tenants has \(.*requests\.cpu: needs 80/,
    );
    assert.deepEqual(await objects(), before);
    for (const [variables, reason] of [
      [{}, /TENANT is missing/],
      [{ TENANT: "Acme" }, /TENANT is "Acme"; it must be a DNS label/],
      [{ TENANT: "hooli" }, /Pulumi\.dev-tenant-hooli\.yaml does not exist\. Write it:/],
      [{ TENANT: "acme", STACK: "nowhere" }, /nowhere/],
    ] as const) {
      const { code, stderr } = await command("tenant-up", variables);
      assert.equal(code, 1);
      assert.match(stderr, reason);
    }
    assert.deepEqual(await objects(), before);
  });

  it("let in a pod with their label (test-allowed), and no other (test-denied), whatever creds it has", async () => {
    const [allowed, denied] = await Promise.all([
      startWorker({ tenant: "acme", urls: urls("acme", 1) }),
      startWorker({ tenant: "other-tenant", secret: "nats-acme-worker-creds", urls: urls("acme", 1) }),
    ]);
    await allowed.answered();
    assert.match((await denied.event("closed")).detail ?? "", /nats-acme-1\..*: timed out$/);
  });

  it("let their workers in at every instance, and these go on when one is killed", async () => {
    const [first, second] = await Promise.all([
      startWorker({ tenant: "acme", urls: urls("acme", 1, 2) }),
      startWorker({ tenant: "acme", urls: urls("acme", 2, 1) }),
    ]);
    assertOn(first, 1);
    assertOn(second, 2);
    const [pod] = await instancePods("acme", 1);
    await core().deleteNamespacedPod({ namespace: tenantsNamespace, name: pod ?? "", gracePeriodSeconds: 0 });
    // To the other one, or to the one that took its place, if that was faster.
    assert.notEqual((await first.event("connected", 1)).server, pod);
    await Promise.all([first, second].map((worker) => worker.answered()));
    assert.equal(second.events.length, 1, "the other instance's worker has noticed nothing");
    process.stdout.write(`      instance killed: longest gap ${first.latest().longestGapMs} ms\n`);
    await assertGreen("acme");
  });

  it("scale out without a word to those that are there, and in after moving the clients of what goes", async () => {
    const before = await instancePods("acme");
    const three = await upTenant("acme", { instances: 3, users });
    assert.equal(three.summary.resourceChanges?.update ?? 0, 0, "no object but new ones");
    const after = await instancePods("acme");
    assert.equal(after.length, 3);
    assert.ok(before.every((pod) => after.includes(pod)));
    const worker = await startWorker({ tenant: "acme", urls: urls("acme", 3, 1, 2) });
    assertOn(worker, 3);
    await worker.answered();
    await upTenant("acme", { instances: 1, users });
    const told = await worker.event("leaving");
    const moved = await worker.event("connected", 1);
    assert.match(told.server, /^nats-acme-3-/);
    assert.match(moved.server, /^nats-acme-1-/);
    await worker.answered();
    assert.deepEqual(await instancePods("acme"), await instancePods("acme", 1));
    process.stdout.write(`      instance taken away: longest gap ${worker.latest().longestGapMs} ms\n`);
    await assertGreen("acme");
  });

  it("rotate a user's creds: old and new are good together, then the old are refused", async () => {
    await copyCreds("acme", "worker", "former-creds");
    const [first, ...others] = users;
    const former = await startWorker({ tenant: "acme", secret: "former-creds", urls: urls("acme", 1) });
    await upTenant("acme", { users: [{ ...first, epoch: 2 }, ...others] });
    const renewed = await startWorker({ tenant: "acme", urls: urls("acme", 1) });
    const late = await startWorker({ tenant: "acme", secret: "former-creds", urls: urls("acme", 1) });
    await Promise.all([former, renewed, late].map((worker) => worker.answered()));
    await upTenant("acme", { users: [{ ...first, epoch: 2, retiredEpoch: 1 }, ...others] });
    await Promise.all([former.event("closed"), late.event("closed")]);
    await renewed.answered();
    assert.equal(renewed.events.length, 1, "the new creds' connection was left alone");
    await assertRefused("acme", "former-creds");
  });

  it("revoke a user: its connections are closed on every server, and nobody else's", async () => {
    const current = [{ ...users[0], epoch: 2, retiredEpoch: 1 }, ...users.slice(1)];
    await upTenant("acme", { users: [...current, bob] });
    await copyCreds("acme", "bob", "bobs-creds");
    const platform = await serverUrls();
    const everywhere = [urls("acme", 1), ...platform];
    const bobs = await Promise.all(
      everywhere.map((url) => startWorker({ tenant: "acme", secret: "bobs-creds", urls: url })),
    );
    const others = await Promise.all([
      startWorker({ tenant: "acme", urls: urls("acme", 1) }),
      startWorker({ tenant: "globex", urls: platform.join(",") }),
    ]);
    await Promise.all([...bobs, ...others].map((worker) => worker.answered()));
    const began = Date.now();
    await upTenant("acme", { users: [...current, { ...bob, revoked: true }] });
    const closed = await Promise.all(bobs.map((worker) => worker.event("closed")));
    for (const { server, at } of closed) {
      process.stdout.write(`      ${server}: closed ${at - began} ms after up began\n`);
    }
    await Promise.all(others.map((worker) => worker.answered()));
    assert.deepEqual(
      others.map(({ events }) => events.length),
      [1, 1],
    );
    await assertRefused("acme", "bobs-creds");
    const { items } = await core().listNamespacedSecret({ namespace: tenantsNamespace });
    assert.ok(!items.some(({ metadata }) => metadata?.name === "nats-acme-bob-creds"));
  });

  it("go without a trace: creds refused everywhere, the platform and the other tenant untouched", async () => {
    const [before, instances] = [await platformPods(), await instancePods("globex")];
    await copyCreds("acme", "worker", "former-acme", namespace);
    const neighbours = await Promise.all([
      startWorker({ tenant: "globex", urls: urls("globex", 1) }),
      startWorker({ tenant: "globex", urls: (await serverUrls()).join(",") }),
    ]);
    await storeMessages("acme");
    const { code, stdout, stderr } = await command("tenant-down", { TENANT: "acme" });
    assert.equal(code, 0, stdout + stderr);
    assert.match(stdout, /tenant acme is gone; nothing of it is left in the cluster/);
    await Promise.all(neighbours.map((worker) => worker.answered()));
    assert.deepEqual(
      neighbours.map(({ events }) => events.length),
      [1, 1],
      "globex's workers have noticed nothing",
    );
    const logins = (await serverUrls()).map((url) =>
      startWorker({ tenant: "acme", secret: "former-acme", urls: url, onPlatform: true }),
    );
    for (const worker of await Promise.all(logins)) {
      assert.match((await worker.event("closed")).detail ?? "", /authorization violation/i);
    }
    assert.deepEqual(await platformPods(), before);
    assert.deepEqual(await instancePods("globex"), instances);
    await assertGreen("globex");
    assert.deepEqual(
      (await objects()).filter((object) => object.includes("-acme-")),
      [],
    );
  });

  it("leave nothing on the platform that keeps a server from starting again", async () => {
    await core().deleteNamespacedPod({ namespace, name: "nats-0" });
    await eventually("it is there again, and ready", async () => {
      const server = await core().readNamespacedPod({ namespace, name: "nats-0" });
      return isReady(server);
    });
  });

  it("come back under their id as somebody else: former creds stay refused", async () => {
    await upTenant("acme");
    const worker = await startWorker({ tenant: "acme", urls: [...(await serverUrls()), urls("acme", 1)].join(",") });
    await worker.answered();
    await copyCreds("acme", "worker", "new-acme", namespace);
    const [former, current] = await Promise.all(
      ["former-acme", "new-acme"].map(async (secret) =>
        startWorker({ tenant: "acme", secret, urls: (await serverUrls()).join(","), onPlatform: true }),
      ),
    );
    assert.match((await former?.event("closed"))?.detail ?? "", /authorization violation/i);
    await current?.answered();
    await assertGreen("acme");
  });
});

function assertOn(worker: Worker, instance: number): void {
  const is = worker.latest().server.startsWith(`${instanceName("acme", instance)}-`);
  assert.ok(is, `it should be on instance ${instance}: ${JSON.stringify(worker.events)}`);
}

/** Fails unless the creds of a Secret are refused by the tenant's instance and by every server of the platform. */
async function assertRefused(tenant: string, secret: string): Promise<void> {
  const places = [urls(tenant, 1), ...(await serverUrls())];
  await Promise.all(places.map((url) => assertWorkerRefused({ tenant, secret, urls: url })));
}
