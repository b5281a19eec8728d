import type { KubernetesObject } from "@kubernetes/client-node";
import type { Target } from "../../commands/target";
import { type CommandResult, type Cost, runCommand } from "../command";
import type { TenantStep } from "./samples";

const timeout = "--timeout=5m";

/** What kubectl does instead of each step of ours. */
export const kubectlCommands: Readonly<Record<TenantStep, string>> = {
  preview: "kubectl apply --server-side --dry-run=server",
  up: "kubectl apply --server-side, rollout status, wait for the Job",
  again: "the same, nothing changed",
  destroy: "kubectl delete, wait until the pods are gone",
};

/** kubectl, as a person uses it who has manifests. */
export class Kubectl {
  constructor(
    /** The program. */
    private readonly kubectl: string,
    private readonly target: Pick<Target, "kubeconfig" | "context">,
    private readonly signal: AbortSignal,
  ) {}

  /** Applies objects and waits until Deployments and Jobs among them are what they are to be. */
  async apply(objects: readonly KubernetesObject[]): Promise<Cost> {
    const costs = [await this.run(["apply", "--server-side", "--filename=-"], objects)];
    for (const { kind, metadata } of objects) {
      const at = [`--namespace=${metadata?.namespace}`, timeout];
      const name = metadata?.name;
      if (kind === "Deployment") costs.push(await this.run(["rollout", "status", `deployment/${name}`, ...at]));
      if (kind === "Job") costs.push(await this.run(["wait", "--for=condition=complete", `job/${name}`, ...at]));
    }
    return total(costs);
  }

  /** Asks the API server what applying would do. */
  preview(objects: readonly KubernetesObject[]): Promise<Cost> {
    return this.run(["apply", "--server-side", "--dry-run=server", "--filename=-"], objects);
  }

  /** Deletes objects and waits until they are gone; their pods may be there a little longer. */
  delete(objects: readonly KubernetesObject[]): Promise<Cost> {
    return this.run(["delete", "--ignore-not-found", "--wait", timeout, "--filename=-"], objects);
  }

  private run(args: readonly string[], objects?: readonly KubernetesObject[]): Promise<CommandResult> {
    const { kubeconfig, context } = this.target;
    const list = objects && JSON.stringify({ apiVersion: "v1", kind: "List", items: objects });
    return runCommand(this.kubectl, ["--kubeconfig", kubeconfig, "--context", context, ...args], {
      ...(list ? { input: list } : {}),
      signal: this.signal,
    });
  }
}

/** What several commands took, one after the other. */
function total(costs: readonly Cost[]): Cost {
  return {
    seconds: costs.reduce((sum, { seconds }) => sum + seconds, 0),
    cpuSeconds: costs.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0),
    peakMiB: Math.max(...costs.map(({ peakMiB }) => peakMiB)),
  };
}
