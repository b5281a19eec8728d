import assert from "node:assert/strict";
import { AppsV1Api, PatchStrategy, setHeaderOptions } from "@kubernetes/client-node";
import { kubeConfig } from "../../commands/kubernetes";
import { openStack } from "../../commands/workspace";
import { calloutLabels, calloutName } from "../../components/auth-callout/names";
import { clientNamespaceLabel, labelSelector } from "../../components/labels";
import { attempts } from "../../services/demo-app/contract";
import { logins, withFleet } from "./support/app-clients";
import {
  altered,
  type Bearer,
  createBearer,
  deletePod,
  requestToken,
  signedByCluster,
  signedByPublicKey,
  unsigned,
} from "./support/app-tokens";
import { command } from "./support/command";
import { core, eventually, namespace as platform, target, up } from "./support/platform";
import { downTenants, upTenant } from "./support/tenants";

const acme = "acme-apps";
const refused = "Authorization Violation";
const fleetSize = 1_000;

const merge = setHeaderOptions("Content-Type", PatchStrategy.MergePatch);

/** Lines of the callout's pods' logs that say why somebody was refused. */
async function denials(): Promise<{ reason: string; detail: string }[]> {
  const lines = await calloutLog();
  return lines.filter((line) => line.includes('"refused"')).map((line) => JSON.parse(line));
}

async function calloutLog(): Promise<string[]> {
  const { items } = await core().listNamespacedPod({
    namespace: platform,
    labelSelector: labelSelector(calloutLabels),
  });
  const logs = await Promise.all(
    items.map(({ metadata }) => core().readNamespacedPodLog({ namespace: platform, name: metadata?.name ?? "" })),
  );
  return logs.flatMap((log) => log.split("\n")).filter((line) => line !== "");
}

async function scaleCallout(replicas: number): Promise<void> {
  const apps = kubeConfig(target).makeApiClient(AppsV1Api);
  const deployment = { namespace: platform, name: calloutName };
  await apps.patchNamespacedDeployment({ ...deployment, body: { spec: { replicas } } }, merge);
  await eventually(`${replicas} replicas of the callout`, async () => {
    const { status } = await apps.readNamespacedDeployment(deployment);
    return (status?.readyReplicas ?? 0) === replicas && (status?.replicas ?? 0) === replicas;
  });
}

describe("apps, wired by one option", () => {
  let bearer: Bearer;

  before("up", () => up());

  after("they are gone", async () => {
    const demo = await openStack({ ...target, stack: "dev-demo" });
    await demo.destroy({ remove: true });
    await downTenants("acme", "globex");
  });

  it("reach what they should by make demo, a Deployment and a CronJob each, and nothing else", async () => {
    const { code, stdout, stderr } = await command("demo", {}, "--json");
    assert.equal(code, 0, `${stdout}\n${stderr}`);
    const { namespaces } = JSON.parse(stdout);
    const seen = namespaces.map(({ namespace, results }: { namespace: string; results: object[] }) => [
      namespace,
      results,
    ]);
    const expected = [acme, "globex-apps"].map((namespace, index, all) => [
      namespace,
      attempts(
        namespace,
        all.filter((other) => other !== namespace),
        index === 0,
      ).map(({ question, expected }) => ({
        question,
        expected,
        observed: expected,
        ok: true,
      })),
    ]);
    assert.deepEqual(seen, expected);
  });

  it("are told by an event what of their annotations is not followed, once", async () => {
    const events = async () => {
      const { items } = await core().listNamespacedEvent({ namespace: "globex-apps" });
      return items.filter(
        ({ reason, involvedObject }) => reason === "NatsAnnotation" && involvedObject.name === "report",
      );
    };
    await eventually("the event is there", async () => (await events()).length > 0);
    const found = await events();
    assert.equal(found.length, 1);
    assert.match(found[0]?.message ?? "", /nats\.io\/allowed-pub-subjects: the tenant does not grant shared\.news/);
  });

  it("are let in by a token of their own alone", async () => {
    bearer = await createBearer(acme, "bearer");
    const [podGone, accountGone] = [await createBearer(acme, "pod-gone"), await createBearer(acme, "account-gone")];
    await core().createNamespace({ body: { metadata: { name: "nobodys-apps", labels: { ...clientNamespaceLabel } } } });
    await eventually("the namespace takes pods", async () => {
      const { items } = await core().listNamespacedServiceAccount({ namespace: "nobodys-apps" });
      return items.length > 0;
    });
    const nobodys = await createBearer("nobodys-apps", "nobody");
    const good = await requestToken(bearer);
    const now = Math.floor(Date.now() / 1_000);
    const tokens = {
      "no-token": "",
      garbage: "garbage",
      "other-audience": await requestToken(bearer, { audiences: ["vault"] }),
      "two-audiences": await requestToken(bearer, { audiences: ["nats", "vault"] }),
      "default-audience": await requestToken(bearer, { audiences: [] }),
      "other-issuer": await signedByCluster(good, { iss: "https://kubernetes.example" }),
      expired: await signedByCluster(good, { iat: now - 700, nbf: now - 700, exp: now - 60 }),
      "not-yet-valid": await signedByCluster(good, { nbf: now + 300 }),
      "altered-payload": altered(good, { exp: now + 86_400 }),
      "alg-none": unsigned(good),
      "hs256-by-public-key": await signedByPublicKey(good),
      unbound: await requestToken(bearer, { bound: false }),
      "pod-gone": await requestToken(podGone),
      "account-gone": await requestToken(accountGone),
      "no-tenant": await requestToken(nobodys),
      "resigned-by-cluster": await signedByCluster(good, {}),
      good,
    };
    await deletePod(podGone.namespace, podGone.pod);
    await core().deleteNamespacedServiceAccount({ namespace: acme, name: accountGone.serviceAccount });
    try {
      const outcomes = await loginsInTurns(tokens);
      const { good: accepted, "resigned-by-cluster": resigned, ...others } = outcomes;
      assert.equal(accepted, "accepted");
      assert.equal(resigned, "accepted", "what signs the refused ones signs this one, too");
      assert.deepEqual(others, Object.fromEntries(Object.keys(others).map((name) => [name, refused])));
      assert.equal(Object.keys(others).length, 15);
      const reasons = new Set((await denials()).map(({ reason }) => reason));
      for (const reason of [
        ...["no-token", "malformed", "signature", "issuer", "audience", "expired", "not-yet-valid", "unbound"],
        ...["pod-gone", "service-account-gone", "no-tenant"],
      ]) {
        assert.ok(reasons.has(reason), `${reason} is among ${[...reasons]}`);
      }
      assert.doesNotMatch((await calloutLog()).join("\n"), /eyJ|S[AUX][A-Z2-7]{50}/, "no token and no seed in the log");
    } finally {
      await core().deleteNamespace({ name: "nobodys-apps" });
    }
  });

  it("are shut out with their tenant when it is suspended, those that are connected, too, and come back after it", async () => {
    const token = await requestToken(bearer);
    await withFleet(acme, { name: "suspended", token, clients: 3 }, async (fleet) => {
      await fleet.connected(3);
      await upTenant("acme", { suspended: true });
      await fleet.connected(0);
      assert.deepEqual(await logins(acme, { token }), { token: refused });
      await upTenant("acme");
      await fleet.connected(3);
    });
  });

  it("stay connected without any callout, and wait for it to come back", async () => {
    const token = await requestToken(bearer);
    await withFleet(acme, { name: "early", token, clients: 5 }, async (early) => {
      await early.connected(5);
      await scaleCallout(0);
      try {
        await withFleet(acme, { name: "late", token, clients: 5 }, async (late) => {
          await new Promise((resolve) => setTimeout(resolve, 5_000));
          assert.equal(late.latest().connected, 0);
          assert.deepEqual(early.latest(), { connected: 5, reconnects: 0, ended: 0 });
          await scaleCallout(2);
          await late.connected(5);
        });
      } finally {
        await scaleCallout(2);
      }
      assert.deepEqual(early.latest(), { connected: 5, reconnects: 0, ended: 0 });
    });
  });

  it("all come back, a thousand at once, when a server restarts and a replica of the callout is killed with it", async () => {
    await upTenant("acme", { limits: { connections: 3_000 } });
    const token = await requestToken(bearer);
    await withFleet(acme, { name: "fleet", token, clients: fleetSize }, async (fleet) => {
      await fleet.connected(fleetSize);
      const { items } = await core().listNamespacedPod({
        namespace: platform,
        labelSelector: labelSelector(calloutLabels),
      });
      const began = Date.now();
      const kill = (name: string | undefined) =>
        core().deleteNamespacedPod({ namespace: platform, name: name ?? "", gracePeriodSeconds: 0 });
      await Promise.all(["nats-0", "nats-1", "nats-2", items[0]?.metadata?.name].map(kill));
      // Not all servers go at the same moment: some clients come back to one that has yet to go.
      await eventually(
        "all have been thrown out and have come back",
        async () => fleet.latest().reconnects >= fleetSize,
        180,
      );
      await fleet.connected(fleetSize, 180);
      assert.equal(fleet.latest().ended, 0);
      process.stdout.write(`      ${fleetSize} clients back ${Date.now() - began} ms after all servers were killed\n`);
    });
  });
});

/** So many failures of one client are listened to; the rest would be refused unheard, whatever they are. */
const atATime = 8;

async function loginsInTurns(tokens: Readonly<Record<string, string>>): Promise<Record<string, string>> {
  const entries = Object.entries(tokens);
  const turns = Array.from({ length: Math.ceil(entries.length / atATime) }, (_, turn) =>
    Object.fromEntries(entries.slice(turn * atATime, (turn + 1) * atATime)),
  );
  // One pod after the other, each with an address of its own.
  const outcomes: Record<string, string> = {};
  for (const turn of turns) Object.assign(outcomes, await logins(acme, turn));
  return outcomes;
}
