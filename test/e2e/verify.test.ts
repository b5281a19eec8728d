import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { NetworkingV1Api, PatchStrategy, setHeaderOptions, type V1Secret } from "@kubernetes/client-node";
import { jetstreamManager } from "@nats-io/jetstream";
import { kubeConfig, serverPods } from "../../commands/kubernetes";
import { projectRoot } from "../../commands/target";
import type { VerifyReport } from "../../commands/verify";
import { assertVerified, cluster, core, eventually, namespace, target, up, verifyPlatform } from "./support/platform";
import { asControlPlane } from "./verify-nats";

/** Names of the failed checks, those left out that were skipped because another failed; with their details. */
function red({ checks }: VerifyReport): Record<string, string> {
  const failed = checks.filter(({ ok, detail }) => !ok && !detail.startsWith("skipped"));
  return Object.fromEntries(failed.map(({ name, detail }) => [name, detail]));
}

function startCli(args: string[], env: NodeJS.ProcessEnv = {}): ChildProcess {
  return spawn(process.execPath, ["--require", "@swc-node/register", "commands/ctl/main.ts", "verify", ...args], {
    cwd: projectRoot,
    env: { ...process.env, NATS_PLATFORM_CLUSTER: cluster, STACK: "dev", KUBECONTEXT: undefined, ...env },
    stdio: ["ignore", "pipe", "ignore"],
  });
}

async function runCli(args: string[], env: NodeJS.ProcessEnv = {}): Promise<{ code: number | null; stdout: string }> {
  const cli = startCli(args, env);
  let stdout = "";
  cli.stdout?.on("data", (chunk) => {
    stdout += chunk;
  });
  await once(cli, "close");
  return { code: cli.exitCode, stdout };
}

/** Names of what runs of verify have in the cluster. */
async function programObjects(): Promise<string[]> {
  const query = { namespace, labelSelector: "nats-platform/program" };
  const networking = kubeConfig(target).makeApiClient(NetworkingV1Api);
  const lists = await Promise.all([
    core().listNamespacedPod(query),
    core().listNamespacedConfigMap(query),
    networking.listNamespacedNetworkPolicy(query),
  ]);
  return lists.flatMap(({ items }) => items.map(({ metadata }) => metadata?.name ?? ""));
}

const started = async () => (await programObjects()).length > 0;

/** Puts other creds into a Secret while something is done. */
async function withCreds<T>(name: string, creds: (real: string) => string, use: () => Promise<T>): Promise<T> {
  const original = await core().readNamespacedSecret({ namespace, name });
  const real = Buffer.from(original.data?.["nats.creds"] ?? "", "base64").toString();
  await replaceSecret({ ...original, data: { "nats.creds": Buffer.from(creds(real)).toString("base64") } });
  try {
    return await use();
  } finally {
    // Twice: the second changes nothing but who owns the fields, which is the stack again.
    await replaceSecret(original);
    await replaceSecret(original);
  }
}

async function replaceSecret(secret: V1Secret): Promise<void> {
  const name = secret.metadata?.name ?? "";
  const { metadata } = await core().readNamespacedSecret({ namespace, name });
  const body = { ...secret, metadata: { ...secret.metadata, resourceVersion: metadata?.resourceVersion } };
  await core().replaceNamespacedSecret({ namespace, name, body });
}

async function setUnschedulable(node: string, unschedulable: boolean): Promise<void> {
  const headers = setHeaderOptions("Content-Type", PatchStrategy.StrategicMergePatch);
  await core().patchNode({ name: node, body: { spec: { unschedulable } } }, headers);
}

describe("verify", () => {
  before("up", () => up());

  after("the platform is as it was", () => assertVerified());

  it("prints one JSON document and nothing else, and exits with 0, when all is well", async () => {
    const { code, stdout } = await runCli(["--json"]);
    const report = JSON.parse(stdout) as VerifyReport;
    assert.deepEqual(red(report), {});
    assert.equal(report.ok, true);
    assert.equal(code, 0);
    assert.deepEqual(Object.keys(report), ["ok", "checks"]);
    assert.ok(report.checks.length >= 15);
    for (const check of report.checks) assert.deepEqual(Object.keys(check), ["name", "ok", "detail", "ms"]);
  });

  it("leaves nothing behind, and can run twice at once", async () => {
    const reports = await Promise.all([verifyPlatform(), verifyPlatform()]);
    assert.deepEqual(reports.map(red), [{}, {}]);
    assert.deepEqual(await programObjects(), []);
    const streams = await asControlPlane(async (nats) => {
      const names = [];
      for await (const name of (await jetstreamManager(nats)).streams.names()) names.push(name);
      return names;
    });
    assert.deepEqual(
      streams.filter((name) => name.includes("VERIFY")),
      [],
    );
  });

  it("fails pods-ready, in a table for people, when a server was deleted", async () => {
    const server = (await serverPods(target, namespace)).find(({ metadata }) => metadata?.name === "nats-1");
    const node = server?.spec?.nodeName ?? "";
    // Its volume ties it to its node, so it stays away for as long as that takes no pods.
    await setUnschedulable(node, true);
    try {
      await core().deleteNamespacedPod({ namespace, name: "nats-1", gracePeriodSeconds: 1 });
      await eventually("nats-1 has no node", async () => {
        const pod = await core().readNamespacedPod({ namespace, name: "nats-1" });
        return pod.metadata?.uid !== server?.metadata?.uid && pod.spec?.nodeName === undefined;
      });
      const { code, stdout } = await runCli([]);
      assert.match(stdout, /^✗ pods-ready +\d+ ms {2}2 of 3 ready: nats-1 has no node/m);
      assert.match(stdout, /^✗ servers-connect +\d+ ms {2}nats-1 does not answer/m);
      assert.match(stdout, /^✓ client-connect/m);
      assert.match(stdout, /^\d+ of \d+ checks failed in .*: pods-ready, /m);
      assert.equal(code, 1);
    } finally {
      await setUnschedulable(node, false);
    }
    await eventually("nats-1 is ready again", async () => {
      const pods = await serverPods(target, namespace);
      const ready = pods.filter(({ status }) =>
        status?.conditions?.some((c) => c.type === "Ready" && c.status === "True"),
      );
      return ready.length === 3;
    });
    await eventually(
      "all replicas are current again",
      async () => Object.keys(red(await verifyPlatform())).length === 0,
    );
  });

  it("fails kv-buckets when a bucket is missing and sentinel when its Secret holds another user, and nothing else", async () => {
    const config = await asControlPlane(async (nats) => {
      const { streams } = await jetstreamManager(nats);
      const info = await streams.info("KV_retry_queue");
      await streams.delete("KV_retry_queue");
      return info.config;
    });
    try {
      const { data } = await core().readNamespacedSecret({ namespace, name: "nats-observer-creds" });
      const other = Buffer.from(data?.["nats.creds"] ?? "", "base64").toString();
      const found = await withCreds(
        "nats-sentinel-creds",
        () => other,
        async () => red(await verifyPlatform()),
      );
      assert.equal(found["kv-buckets"], "retry_queue: missing");
      assert.match(found.sentinel ?? "", /not a bearer/);
      assert.deepEqual(Object.keys(found).sort(), ["kv-buckets", "sentinel", "sentinel-may-do-nothing"]);
    } finally {
      await asControlPlane(async (nats) => (await jetstreamManager(nats)).streams.add(config));
    }
  });

  it("fails client-connect when the creds are garbled", async () => {
    const garbled = (real: string) => real.replace("eyJ", "eyK");
    const found = await withCreds("nats-control-plane-creds", garbled, async () => red(await verifyPlatform()));
    assert.deepEqual(Object.keys(found), ["client-connect"]);
  });

  it("removes its objects when it is interrupted", async () => {
    const cli = startCli([]);
    await eventually("verify has begun", started);
    cli.kill("SIGINT");
    await once(cli, "close");
    assert.equal(cli.exitCode, 130);
    assert.deepEqual(await programObjects(), []);
  });

  it("removes at the next run what a killed one has left", async () => {
    const cli = startCli([]);
    await eventually("verify has begun", started);
    cli.kill("SIGKILL");
    await once(cli, "close");
    assert.notDeepEqual(await programObjects(), []);
    assert.deepEqual(red(await verifyPlatform()), {});
    assert.deepEqual(await programObjects(), []);
  });

  it("exits with 2, and says so in JSON, when there is no cluster or the usage is wrong", async () => {
    const nowhere = await runCli(["--json"], { KUBECONTEXT: "nowhere" });
    assert.equal(nowhere.code, 2);
    assert.equal(JSON.parse(nowhere.stdout).ok, false);
    const usage = await runCli(["--json", "--quiet"]);
    assert.equal(usage.code, 2);
    assert.match(JSON.parse(usage.stdout).error, /Unknown argument: quiet; ctl <command> --help/);
  });
});
