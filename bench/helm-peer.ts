import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Target } from "../commands/target";
import type { Rendering } from "../local/plugins/kubernetes/chart/recordings";
import { ensureTools, tool } from "../local/tools";
import type { ChartPeer } from "./chart-peer";
import { runCommand } from "./command";
import { BenchNamespaces } from "./namespaces";

/** Helm, as most people install the chart. */
export class HelmPeer implements ChartPeer {
  readonly name = "helm";
  readonly commands = {
    install: "helm install --wait",
    upgrade: "helm upgrade --install --wait",
    preview: "helm upgrade --dry-run=server",
    uninstall: "helm uninstall --wait",
  };

  /** @param chart folder or archive */
  constructor(
    private readonly chart: string,
    private readonly target: Target,
    private readonly signal: AbortSignal,
  ) {}

  install(release: Rendering): Promise<number> {
    return this.helm(["install", release.release, this.chart, "--wait"], release);
  }

  upgrade(release: Rendering): Promise<number> {
    return this.helm(["upgrade", release.release, this.chart, "--install", "--wait"], release);
  }

  preview(release: Rendering): Promise<number> {
    return this.helm(["upgrade", release.release, this.chart, "--dry-run=server"], release);
  }

  async uninstall(release: Rendering): Promise<number> {
    const started = performance.now();
    await this.helm(["uninstall", release.release, "--wait"], release);
    // Helm waits for the objects it made; their pods end after them.
    await new BenchNamespaces(this.target).podsGone(release.namespace, this.signal);
    return (performance.now() - started) / 1000;
  }

  private async helm(args: readonly string[], { namespace, values }: Rendering): Promise<number> {
    await ensureTools(["helm"]);
    const home = mkdtempSync(join(tmpdir(), "nats-platform-helm-"));
    const { kubeconfig, context } = this.target;
    const where = ["--kubeconfig", kubeconfig, "--kube-context", context, "--namespace", namespace];
    const needsValues = args[0] !== "uninstall";
    try {
      const { seconds } = await runCommand(
        tool("helm"),
        [...args, "--timeout", "5m", ...where, ...(needsValues ? ["--values", "-"] : [])],
        {
          env: { HELM_CACHE_HOME: home, HELM_CONFIG_HOME: home, HELM_DATA_HOME: home },
          ...(needsValues ? { input: JSON.stringify(values) } : {}),
          signal: this.signal,
        },
      );
      return seconds;
    } finally {
      rmSync(home, { recursive: true, force: true });
    }
  }
}
