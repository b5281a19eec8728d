import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { projectRoot } from "../../commands/target";
import * as localCluster from "../../local/cluster";
import { cluster, core, namespace, target } from "./support/platform";

/** The cluster of the tests as a user's own: a kubeconfig, a context, and a Pulumi backend of the user's. */
describe("platform on a cluster of one's own", () => {
  const folder = mkdtempSync(join(tmpdir(), "nats-own-cluster-"));
  const clone = join(folder, "clone");

  before("a cluster, and a clone of the program", async () => {
    await localCluster.up(cluster);
    const left = ["node_modules", ".git"];
    cpSync(projectRoot, clone, { recursive: true, filter: (path) => !left.includes(basename(path)) });
    symlinkSync(join(projectRoot, "node_modules"), join(clone, "node_modules"));
    mkdirSync(join(folder, "backend"));
  });

  after(async () => {
    rmSync(folder, { recursive: true });
    await localCluster.down(cluster);
  });

  /** Runs one of the project's commands in the clone, with nothing but what a user sets. */
  async function command(
    name: string,
    more: Record<string, string> = {},
    ...args: readonly string[]
  ): Promise<{ code: number; output: string }> {
    const env = {
      ...process.env,
      KUBECONFIG: target.kubeconfig,
      KUBECONTEXT: target.context,
      PULUMI_BACKEND_URL: `file://${join(folder, "backend")}`,
      PULUMI_CONFIG_PASSPHRASE: "a passphrase of the user's own",
      PULUMI_HOME: join(folder, "home"),
      ...more,
    };
    const child = spawn("npm", ["run", "--silent", name, "--", ...args], {
      cwd: clone,
      env,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += String(chunk)));
    const code = await new Promise<number>((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (status) => resolve(status ?? -1));
    });
    return { code, output };
  }

  it("refuses a context that does not exist, naming those that do", async () => {
    const { code, output } = await command("up", { KUBECONTEXT: "nowhere" });
    assert.equal(code, 1);
    assert.match(output, new RegExp(`no context "nowhere"; it has: ${target.context}`));
  });

  it("comes up and verifies, in the user's own Pulumi backend, and builds no cluster", async () => {
    const { code, output } = await command("up");
    assert.equal(code, 0, output);
    assert.doesNotMatch(output, /starting the control plane/);
    assert.match(readFileSync(join(folder, "backend", ".pulumi/stacks/nats-platform/dev.json"), "utf8"), /nats-auth/);
    const { items } = await core().listNamespacedPod({ namespace, labelSelector: "app.kubernetes.io/component=nats" });
    assert.equal(items.length, 3);
  });

  it("is not destroyed without a confirmation that names the stack", async () => {
    const { code, output } = await command("down");
    assert.equal(code, 1);
    assert.match(output, /CONFIRM=dev/);
    assert.equal((await command("ctl", {}, "verify")).code, 0);
  });

  it("is destroyed with it, and the cluster stays", async () => {
    const { code, output } = await command("down", { CONFIRM: "dev" });
    assert.equal(code, 0, output);
    const { items } = await core().listNamespace();
    assert.ok(!items.some(({ metadata }) => metadata?.name === namespace));
  });
});
