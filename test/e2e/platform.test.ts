import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { Kvm } from "@nats-io/kv";
import { pulumiEnvironment } from "../../commands/pulumi-cli";
import { projectRoot } from "../../commands/target";
import { clusterPaths } from "../../local/state";
import { ensureTools, tool } from "../../local/tools";
import { assertVerified, changes, cluster, core, namespace, stack, target, up } from "./support/platform";
import { asControlPlane } from "./verify-nats";

/** Nkey seeds, and the blocks of a creds file that hold one. */
const secretPattern = /\bS[OAUNX][A-Z2-7]{56}\b|BEGIN USER NKEY SEED/;

describe("platform", () => {
  let output = "";
  before("up", async () => {
    const result = await up();
    output = result.stdout + result.stderr;
  });

  it("is what its stack promises", () => assertVerified());

  it("is not changed by a second up, and its preview is empty", async () => {
    const opened = await stack();
    const preview = await opened.preview();
    assert.deepEqual(changes(preview.changeSummary), {});
    const { summary } = await opened.up();
    assert.deepEqual(changes(summary.resourceChanges), {});
  });

  it("is not changed by a refresh", async () => {
    const { summary } = await (await stack()).refresh();
    assert.deepEqual(changes(summary.resourceChanges), {});
  });

  it("is the same program under the plain CLI", async () => {
    await ensureTools(["pulumi", "pulumi-language-nodejs"]);
    const env = await pulumiEnvironment(target);
    const config = join(clusterPaths(cluster).pulumi, "projects", "dev", "Pulumi.dev.yaml");
    const languageHost = join(tool("pulumi-language-nodejs"), "..");
    for (const command of [["preview"], ["up", "--yes", "--skip-preview"]]) {
      const args = [...command, "--expect-no-changes", "--stack", "dev", "--config-file", config, "--non-interactive"];
      const options = { cwd: projectRoot, env: { ...process.env, ...env, PATH: `${languageHost}:${env.PATH}` } };
      const { stdout } = await promisify(execFile)(tool("pulumi"), args, options);
      assert.match(stdout, /\d+ unchanged/);
    }
  });

  it("stops a wrong configuration before anything is changed, telling every mistake", async () => {
    const opened = await stack({ replicas: 2, jetstreamStorageSize: "10", topologyspread: "hard" });
    const failure = await opened.up().then(
      () => "it went through",
      (error: Error) => error.message,
    );
    for (const mistake of [
      /replicas = 2: must be odd/,
      /jetstreamStorageSize = "10": must be/,
      /topologyspread: unknown key/,
    ]) {
      assert.match(failure, mistake);
    }
    assert.deepEqual(changes((await (await stack()).preview()).changeSummary), {});
  });

  it("refuses to move a protected platform to another namespace, or to take it down, and changes nothing", async () => {
    await (await stack({ protect: true })).up();
    const moved = (await stack({ protect: true, namespace: "elsewhere" })).up();
    await assert.rejects(moved, /protect/);
    const env = { ...process.env, NATS_PLATFORM_CLUSTER: cluster, STACK: "dev", KUBECONTEXT: undefined };
    const down = promisify(execFile)("npm", ["run", "--silent", "down"], { cwd: projectRoot, env });
    await assert.rejects(down, /is protected \(12 of its resources.*nothing was deleted/);
    assert.deepEqual(changes((await (await stack()).preview()).changeSummary), {});
    await (await stack()).up();
    await assertVerified();
  });

  it("refuses to shorten a bucket's TTL while it holds values, keeps them, and lets the change be taken back", async () => {
    const key = "kept";
    await asControlPlane(async (connection) => {
      await (await new Kvm(connection).open("dead_letter_queue")).put(key, "value");
    });
    const shorter = { buckets: [{ name: "dead_letter_queue", ttl: "1d", maxSize: "1Gi" }] };
    await assert.rejects((await stack(shorter)).up(), /the TTL is shorter than before/);
    await (await stack()).up();
    await asControlPlane(async (connection) => {
      const bucket = await new Kvm(connection).open("dead_letter_queue");
      assert.equal((await bucket.get(key))?.string(), "value");
      await bucket.purge(key);
    });
  });

  it("puts right what was deleted by hand", async () => {
    await core().deleteNamespacedSecret({ namespace, name: "nats-observer-creds" });
    const { summary } = await (await stack()).up({ refresh: true });
    assert.deepEqual(changes(summary.resourceChanges), { create: 1 });
    await assertVerified();
  });

  it("keeps seeds and creds out of output, state, ConfigMaps and logs", async () => {
    assert.doesNotMatch(output, secretPattern, "output of up");
    for (const file of filesBelow(clusterPaths(cluster).pulumi)) {
      assert.doesNotMatch(readFileSync(file, "utf8"), secretPattern, file);
    }
    const { items: configMaps } = await core().listConfigMapForAllNamespaces();
    assert.doesNotMatch(JSON.stringify(configMaps), secretPattern, "ConfigMaps");
    const { items: pods } = await core().listNamespacedPod({ namespace });
    for (const { metadata, spec } of pods) {
      assert.doesNotMatch(JSON.stringify(spec), secretPattern, `spec of pod ${metadata?.name}`);
      for (const { name: container } of spec?.containers ?? []) {
        const log = await core().readNamespacedPodLog({ name: metadata?.name ?? "", namespace, container });
        assert.doesNotMatch(log, secretPattern, `log of ${metadata?.name}/${container}`);
      }
    }
  });

  it("keeps its secrets where they belong: the same scan finds them there", async () => {
    const { items } = await core().listNamespacedSecret({ namespace });
    const creds = items.find(({ metadata }) => metadata?.name === "nats-system-creds")?.data?.["nats.creds"] ?? "";
    assert.match(Buffer.from(creds, "base64").toString(), secretPattern);
  });
});

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}
