import { stackChart } from "../commands/stack-chart";
import type { Target } from "../commands/target";
import { chartVersion } from "../components/platform/chart-source";
import { names } from "../components/platform/ports";
import type { Rendering } from "../local/plugins/kubernetes/chart/recordings";
import { HelmPeer } from "./helm-peer";
import { ManifestPeer } from "./manifest-peer";
import type { BenchOptions } from "./options";

/** Another way to install a chart. Each method returns the seconds it took. */
export interface ChartPeer {
  /** Name for people. */
  readonly name: string;
  /** What each method does, as a command. */
  readonly commands: Readonly<Record<"install" | "upgrade" | "preview" | "uninstall", string>>;
  /** Installs it in an existing namespace and waits until it is ready. */
  install(release: Rendering): Promise<number>;
  /** Installs it once more, with nothing changed. */
  upgrade(release: Rendering): Promise<number>;
  /** Asks the API server what {@link upgrade} would do. */
  preview(release: Rendering): Promise<number>;
  /** Uninstalls it and waits until its pods are gone. Claims of volumes are left. */
  uninstall(release: Rendering): Promise<number>;
}

/** Helm where the chart is at hand, otherwise server-side apply of what was recorded from it. */
export function chartPeer(options: BenchOptions, target: Target, signal: AbortSignal): ChartPeer {
  return options.chart ? new HelmPeer(options.chart, target, signal) : new ManifestPeer(target, signal);
}

/** The chart as the development stack installs it. */
export function platformRelease(): Rendering {
  const chart = stackChart("dev");
  if (!chart) throw new Error("Pulumi.dev.yaml has encrypted values: what is measured must be in the clear");
  return chart.rendering;
}

/** The chart with its default values: a cluster of three with JetStream, and nobody asked who they are. */
export const defaultRelease: Rendering = {
  chart: "nats",
  version: chartVersion,
  release: names.release,
  namespace: "nats-peer",
  values: {
    config: { cluster: { enabled: true, replicas: 3 }, jetstream: { enabled: true } },
    natsBox: { enabled: false },
  },
};
