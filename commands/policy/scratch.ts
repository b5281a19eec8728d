import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LocalWorkspace, type PulumiFn, type Stack } from "@pulumi/pulumi/automation";
import { stringify } from "yaml";
import { pluginPath } from "../../local/plugins";
import { randomPreviewVariable } from "../../local/plugins/random/preview";
import { makePrivateDir, writePrivateFile } from "../../local/state";
import { runStack } from "../../stacks";
import { stackKind } from "../../stacks/stack-kind";
import { pluginEnvironment, saidBy } from "../pulumi-cli";
import { projectName, projectRoot } from "../target";
import { pulumiCommand } from "../workspace";
import type { ProjectStack } from "./stacks";
import { standInOutputs } from "./stand-in-environment";

/** A cluster that is not there: nothing answers at port 1. Its provider plans without asking the API server. */
const noCluster = JSON.stringify({
  apiVersion: "v1",
  kind: "Config",
  clusters: [{ name: "none", cluster: { server: "https://127.0.0.1:1" } }],
  users: [{ name: "none", user: {} }],
  contexts: [{ name: "none", context: { cluster: "none", user: "none" } }],
  "current-context": "none",
});

/** Stacks as if they had never been brought up, without a cluster, in a folder of their own that is gone afterwards. */
export class Scratch {
  private readonly folder = mkdtempSync(join(tmpdir(), "nats-platform-policy-"));
  private readonly passphrase = randomBytes(32).toString("base64url");
  private readonly environments = new Map<string, Promise<void>>();

  /** @param stacks all of the project */
  constructor(private readonly stacks: readonly ProjectStack[]) {}

  /**
   * Opens a stack, for previews.
   * @param program @default the project's
   * @throws if it is in an environment that the project has no file of
   */
  async open(stack: ProjectStack, program: PulumiFn = () => runStack()): Promise<Stack> {
    // An environment is not previewed where its stand-in is, which goes by the same name.
    if (stack.environment === undefined) return this.openWith(stack, program, "environments");
    await this.ensureEnvironment(stack.environment);
    return this.openWith(stack, program, "tenants");
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Has an environment's stack tell what its tenants' stacks build on. */
  private ensureEnvironment(name: string): Promise<void> {
    const known = this.environments.get(name);
    if (known) return known;
    const made = this.makeEnvironment(name);
    this.environments.set(name, made);
    return made;
  }

  private async makeEnvironment(name: string): Promise<void> {
    const environment = this.stacks.find((one) => one.name === name && isEnvironment(one));
    if (!environment) throw new Error(`its environment "${name}" has no file Pulumi.${name}.yaml`);
    const program = async () => standInOutputs(environment.environmentConfig);
    const stack = await this.openWith(environment, program, "tenants");
    await stack.up({ suppressOutputs: true }).catch((error: unknown) => {
      throw new Error(`its environment "${name}": ${saidBy(error)}`, { cause: error });
    });
  }

  private async openWith(stack: ProjectStack, program: PulumiFn, kind: "environments" | "tenants"): Promise<Stack> {
    const folder = join(this.folder, kind);
    const workDir = join(folder, stack.name);
    for (const dir of [folder, workDir, join(folder, "backend"), join(folder, "home")]) makePrivateDir(dir);
    const config = { ...stack.config, "kubernetes:kubeconfig": noCluster };
    delete (config as Record<string, unknown>)["kubernetes:context"];
    writePrivateFile(join(workDir, `Pulumi.${stack.name}.yaml`), stringify({ config }));
    writePrivateFile(join(workDir, "Pulumi.yaml"), readFileSync(join(projectRoot, "Pulumi.yaml"), "utf8"));
    return LocalWorkspace.createOrSelectStack(
      { projectName, stackName: stack.name, program },
      {
        workDir,
        pulumiCommand: await pulumiCommand(),
        envVars: {
          // The official ones ask a cluster, and make no values before an update.
          ...(await pluginEnvironment(await pluginPath())),
          [randomPreviewVariable]: "values",
          PULUMI_BACKEND_URL: `file://${join(folder, "backend")}`,
          PULUMI_HOME: join(folder, "home"),
          PULUMI_CONFIG_PASSPHRASE: this.passphrase,
        },
      },
    );
  }
}

function isEnvironment({ environment, environmentConfig }: ProjectStack): boolean {
  return environment === undefined && stackKind(environmentConfig) === "environment";
}
