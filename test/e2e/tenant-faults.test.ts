import assert from "node:assert/strict";
import { CoordinationV1Api, PatchStrategy, setHeaderOptions } from "@kubernetes/client-node";
import { kubeConfig, serverPods } from "../../commands/kubernetes";
import { leaseName } from "../../components/account-sync/names";
import { accountSyncLabels, labelSelector } from "../../components/labels";
import { instanceUrl } from "../../components/tenant/names";
import { clusterPaths } from "../../local/state";
import { killPrograms } from "./cluster-host";
import { cluster, core, eventually, namespace, target, up } from "./support/platform";
import {
  accountSecret,
  assertGreen,
  copyCreds,
  downTenants,
  instancePods,
  removeCopies,
  reportOf,
  serverUrls,
  tenantsNamespace,
  upTenant,
} from "./support/tenants";
import { assertWorkerRefused, startWorker, stopWorkers, storeMessages } from "./support/worker";

const lasting = [
  { name: "worker", role: "worker" },
  { name: "admin", role: "admin" },
];
const acmeUrl = instanceUrl("acme", 1, tenantsNamespace);
const merge = setHeaderOptions("Content-Type", PatchStrategy.MergePatch);

/** Pod of account-sync that acts. */
async function leader(): Promise<string> {
  const lease = await kubeConfig(target)
    .makeApiClient(CoordinationV1Api)
    .readNamespacedLease({ namespace, name: leaseName });
  return lease.spec?.holderIdentity ?? "";
}

/** Users who have been revoked, each of a name of its own: a name that was revoked stays so. */
const gone: { name: string; role: string; revoked: boolean }[] = [];
const users = (...more: object[]) => ({ users: [...lasting, ...gone, ...more] });

/** Gives the tenant one more user, and its creds to one who keeps them. */
async function newUser(name: string): Promise<{ revoked: ReturnType<typeof users>; secret: string }> {
  await upTenant("acme", users({ name, role: "worker" }));
  const secret = `creds-of-${name}`;
  await copyCreds("acme", name, secret);
  gone.push({ name, role: "worker", revoked: true });
  return { revoked: users(), secret };
}

async function assertRefusedEverywhere(secret: string): Promise<void> {
  const places = [acmeUrl, ...(await serverUrls())];
  await Promise.all(places.map((urls) => assertWorkerRefused({ tenant: "acme", secret, urls })));
}

describe("tenants, when things break", () => {
  before("up", async () => {
    await up();
    await Promise.all([upTenant("acme", users()), upTenant("globex")]);
  });

  afterEach("workers of a test end with it", () => stopWorkers());

  after("the tenants are gone", async () => {
    await downTenants("acme", "globex");
    await removeCopies();
  });

  it("revoke although account-sync is killed in the middle of it", async () => {
    const { revoked, secret } = await newUser("bob");
    const client = await startWorker({ tenant: "acme", secret, urls: acmeUrl });
    const [before, version] = [await leader(), (await accountSecret("acme")).metadata?.resourceVersion];
    const upEnds = upTenant("acme", revoked);
    await eventually(
      "the account's Secret is changed",
      async () => (await accountSecret("acme")).metadata?.resourceVersion !== version,
    );
    await core().deleteNamespacedPod({ namespace, name: before, gracePeriodSeconds: 0 });
    await upEnds;
    await client.event("closed");
    await assertGreen("acme");
    assert.notEqual(await leader(), before);
    await assertRefusedEverywhere(secret);
  });

  it("revoke although a server is down: up says so, and the server is caught up when it is back", async () => {
    const { revoked, secret } = await newUser("carol");
    const places = (await serverUrls()).filter((url) => !url.includes("//nats-1."));
    const clients = await Promise.all(
      [acmeUrl, ...places].map((urls) => startWorker({ tenant: "acme", secret, urls })),
    );
    const node = (await serverPods(target, namespace)).find(({ metadata }) => metadata?.name === "nats-1")?.spec
      ?.nodeName;
    // Its volume is that node's, so it cannot come back before the node takes pods again.
    const schedulable = (yes: boolean) =>
      core().patchNode({ name: node ?? "", body: { spec: { unschedulable: !yes } } }, merge);
    await schedulable(false);
    try {
      await core().deleteNamespacedPod({ namespace, name: "nats-1", gracePeriodSeconds: 0 });
      const failed = assert.rejects(upTenant("acme", revoked), (error: Error) => {
        assert.match(error.message, /nats-1 +unreachable/);
        assert.match(error.message, /nats-0 +current/);
        return true;
      });
      await Promise.all(clients.map((client) => client.event("closed")));
      await failed;
      const { facts } = await reportOf("acme");
      assert.match(facts.find(({ name }) => name === "account tenant-acme")?.detail ?? "", /nats-1 unreachable/);
    } finally {
      await schedulable(true);
    }
    await eventually("the server is caught up", async () => {
      const { facts } = await reportOf("acme");
      return facts.find(({ name }) => name === "account tenant-acme")?.ok === true;
    });
    await assertRefusedEverywhere(secret);
    await upTenant("acme", revoked);
    await assertGreen("acme");
  });

  it("go on while the API server is restarted, and revoke afterwards", async () => {
    const { revoked, secret } = await newUser("dave");
    const pods = await accountSyncPods();
    assert.equal(killPrograms(["kube-apiserver"], clusterPaths(cluster).root), 1);
    await eventually("it is back", async () => (await core().listNode()).items.length > 0);
    // What a worker says comes by way of the API server, so it is asked once that is back.
    const clients = await Promise.all([
      startWorker({ tenant: "acme", secret, urls: acmeUrl }),
      startWorker({ tenant: "globex", urls: (await serverUrls()).join(",") }),
    ]);
    await upTenant("acme", revoked);
    await clients[0]?.event("closed");
    await clients[1]?.answered();
    assert.equal(clients[1]?.events.length, 1, "the other tenant has noticed nothing");
    await assertGreen("acme");
    assert.deepEqual(await accountSyncPods(), pods, "account-sync has not been restarted");
    await assertRefusedEverywhere(secret);
  });

  it("keep their account when its Secret is edited by hand, and say what is wrong until up puts it right", async () => {
    const client = await startWorker({ tenant: "acme", urls: [...(await serverUrls()), acmeUrl].join(",") });
    const { data } = await accountSecret("globex");
    for (const [jwt, reason] of [
      [data?.["account.jwt"], /account/],
      [Buffer.from("no JWT").toString("base64"), /JWT/],
    ] as const) {
      const { metadata } = await accountSecret("acme");
      const body = { data: { "account.jwt": jwt } };
      await core().patchNamespacedSecret(
        { namespace: metadata?.namespace ?? "", name: metadata?.name ?? "", body },
        merge,
      );
      await eventually("it is said", async () => {
        const { facts } = await reportOf("acme");
        const fact = facts.find(({ name }) => name === "account tenant-acme");
        return fact?.ok === false && reason.test(fact.detail);
      });
      await client.answered();
      await assertGreen("globex");
      await upTenant("acme", users());
      await assertGreen("acme");
    }
    assert.equal(client.events.length, 1, "its worker has noticed nothing");
  });

  it("lose their account when its Secret is deleted by hand, and get it back, creds and all, by up", async () => {
    const client = await startWorker({ tenant: "acme", urls: acmeUrl });
    await storeMessages("acme");
    const { metadata } = await accountSecret("acme");
    await core().deleteNamespacedSecret({ namespace: metadata?.namespace ?? "", name: metadata?.name ?? "" });
    await client.event("closed");
    await upTenant("acme", users());
    await assertGreen("acme");
    for (const urls of [acmeUrl, ...(await serverUrls())]) {
      await (await startWorker({ tenant: "acme", urls })).answered();
    }
    // The stream went with the account: the name is free, and JetStream answers.
    await storeMessages("acme");
  });

  it("get their account back on an instance that was replaced", async () => {
    const { secret } = await newUser("erin");
    await upTenant("acme", users());
    const [pod] = await instancePods("acme", 1);
    await core().deleteNamespacedPod({ namespace: tenantsNamespace, name: pod ?? "", gracePeriodSeconds: 0 });
    await assertGreen("acme");
    await assertRefusedEverywhere(secret);
  });
});

async function accountSyncPods(): Promise<string[]> {
  const pods = { namespace, labelSelector: labelSelector(accountSyncLabels) };
  const { items } = await core().listNamespacedPod(pods);
  return items
    .map(({ metadata, status }) => `${metadata?.name} ${status?.containerStatuses?.[0]?.restartCount}`)
    .sort();
}
