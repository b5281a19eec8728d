import { randomBytes } from "node:crypto";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import {
  LocalWorkspace,
  type ProjectSettings,
  PulumiCommand,
  type PulumiFn,
  type Stack,
} from "@pulumi/pulumi/automation";
import * as cluster from "../../local/cluster";
import { pluginPath } from "../../local/plugins";
import { ApiError, KubeClient } from "../../local/plugins/kubernetes/client";
import { loadConnection } from "../../local/plugins/kubernetes/kubeconfig";
import type { ValueMap } from "../../local/plugins/rpc/values";
import { clusterPaths } from "../../local/state";
import { ensureTools, toolsBin } from "../../local/tools";

const clusterName = "e2e";
const passphrase = "correct horse battery staple";

/** An image of the local cluster that has a shell. */
export const shellImage = "natsio/nats-box:0.19.7";

/** A namespace of the tests' cluster, and stacks with a backend of their own whose programs use the stand-ins. */
export class Sandbox {
  /** Path of the cluster's kubeconfig. */
  readonly kubeconfig = clusterPaths(clusterName).kubeconfig;

  private constructor(
    readonly dir: string,
    readonly namespace: string,
    readonly client: KubeClient,
    private readonly plugins: string,
    private readonly command: PulumiCommand,
  ) {}

  /** Brings the cluster up if it is not, and makes an empty namespace. */
  static async open(): Promise<Sandbox> {
    await ensureTools(["pulumi", "helm"]);
    await cluster.up(clusterName);
    const dir = fs.mkdtempSync(path.join(os.tmpdir(), "plugins-e2e-"));
    fs.mkdirSync(path.join(dir, "backend"));
    const namespace = `plugins-${randomBytes(4).toString("hex")}`;
    const client = new KubeClient(loadConnection({ kubeconfig: clusterPaths(clusterName).kubeconfig }));
    const command = await PulumiCommand.get({ root: path.dirname(toolsBin()) });
    const sandbox = new Sandbox(dir, namespace, client, await pluginPath(), command);
    await sandbox.post("/api/v1/namespaces", { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } });
    return sandbox;
  }

  /** Removes the namespace, without waiting for its content to go, and the backend. */
  async close(): Promise<void> {
    await this.remove(`/api/v1/namespaces/${this.namespace}`);
    fs.rmSync(this.dir, { recursive: true });
  }

  /** A new stack; its provider is the default one unless the program makes another. */
  async stack(program: PulumiFn, env: Readonly<Record<string, string>> = {}): Promise<Stack> {
    const providers = ["kubernetes", "random"].map((name) => ({ name, path: this.plugins }));
    const projectSettings = { name: "plugins-e2e", runtime: "nodejs", main: this.dir, plugins: { providers } };
    return LocalWorkspace.createStack(
      { stackName: `s${randomBytes(4).toString("hex")}`, projectName: projectSettings.name, program },
      {
        pulumiCommand: this.command,
        workDir: fs.mkdtempSync(path.join(this.dir, "work-")),
        projectSettings: projectSettings as ProjectSettings,
        envVars: {
          PULUMI_BACKEND_URL: `file://${path.join(this.dir, "backend")}`,
          PULUMI_HOME: path.join(this.dir, "home"),
          PULUMI_CONFIG_PASSPHRASE: passphrase,
          PULUMI_SKIP_UPDATE_CHECK: "true",
          KUBECONFIG: this.kubeconfig,
          ...env,
        },
      },
    );
  }

  /** Path of a namespaced object in the API: `path("apps/v1", "deployments", "name")`. */
  path(apiVersion: string, plural: string, name?: string): string {
    const base = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    return `${base}/namespaces/${this.namespace}/${plural}${name ? `/${name}` : ""}`;
  }

  get(path: string): Promise<ValueMap> {
    return this.client.request("GET", path);
  }

  post(path: string, body: ValueMap): Promise<ValueMap> {
    return this.client.request("POST", path, { body });
  }

  /** Changes an object as somebody else would: a merge patch, under another manager's name. */
  patch(path: string, body: ValueMap, fieldManager = "somebody-else"): Promise<ValueMap> {
    return this.client.request("PATCH", path, {
      body,
      query: { fieldManager },
      contentType: "application/merge-patch+json",
    });
  }

  remove(path: string): Promise<ValueMap> {
    return this.client.request("DELETE", path);
  }

  /** Whether an object exists. */
  async exists(path: string): Promise<boolean> {
    try {
      await this.get(path);
      return true;
    } catch (error) {
      if (error instanceof ApiError && error.code === 404) return false;
      throw error;
    }
  }

  /** Waits until a condition holds. @throws after a minute */
  async eventually(what: string, condition: () => Promise<boolean>): Promise<void> {
    const deadline = Date.now() + 60_000;
    while (!(await condition())) {
      if (Date.now() > deadline) throw new Error(`${what}: not after a minute`);
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }

  /** The stack's state file as it is on disk, encrypted parts and all. */
  stateText(stack: Stack): string {
    const folder = path.join(this.dir, "backend", ".pulumi", "stacks");
    const file = (fs.readdirSync(folder, { recursive: true }) as string[]).find((name) =>
      name.endsWith(`${stack.name}.json`),
    );
    if (!file) throw new Error(`${stack.name} has no state file in ${folder}`);
    return fs.readFileSync(path.join(folder, file), "utf8");
  }
}

/** Number of resources by operation, without those that stayed the same. */
export function changes(result: { summary: { resourceChanges?: Record<string, number> } }): Record<string, number> {
  return Object.fromEntries(
    Object.entries(result.summary.resourceChanges ?? {}).filter(([operation]) => operation !== "same"),
  );
}

/** {@link changes} of a preview. */
export function plannedChanges(result: { changeSummary: Record<string, number> }): Record<string, number> {
  return Object.fromEntries(Object.entries(result.changeSummary).filter(([operation]) => operation !== "same"));
}

/** What an operation that must fail says. @throws if it succeeds */
export async function failureOf(operation: Promise<unknown>): Promise<string> {
  let outcome: unknown;
  try {
    outcome = await operation;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  throw new Error(`expected a failure, got ${JSON.stringify(outcome)}`);
}
