import { names } from "../components/platform/ports";
import * as cluster from "../local/cluster";
import type { Rendering } from "../local/plugins/kubernetes/chart/recordings";
import { type ChartPeer, platformRelease } from "./chart-peer";
import { runCommand } from "./command";
import { type Comparison, compare, type Series } from "./comparison";
import { BenchNamespaces } from "./namespaces";
import { type BenchContext, clusterUp, requireUnchanged, stackOperation } from "./operations";
import { benchCluster, benchEnvironment } from "./target";

/** What is measured of a platform's life, in seconds; `peer` belongs to the way the chart is installed otherwise. */
type Step =
  | "make up"
  | "cluster up"
  | "cluster down"
  | "up"
  | "up, servers ready"
  | "up again"
  | "preview"
  | "destroy"
  | "peer install"
  | "peer upgrade"
  | "peer preview"
  | "peer uninstall";

/** What came of the life cycle. */
export interface LifecycleResult {
  readonly comparisons: Comparison[];
  /** Resources that an `up` from nothing creates. */
  readonly resources: number;
}

/** No run is begun once those before have taken this long, in milliseconds. */
const budgetMs = 10 * 60_000;

/**
 * Measures how long a platform takes to come and go, on a cluster that comes and goes with it, beside another way to install
 * the same chart with the same values on the same cluster. Who comes first there changes from run to run.
 */
export async function measureLifecycle(context: BenchContext, runs: number): Promise<LifecycleResult> {
  const samples = new Map<Step, number[]>();
  const started = performance.now();
  let resources = 0;
  for (let run = 1; run <= runs; run++) {
    if (run > 1 && performance.now() - started > budgetMs) {
      context.progress(
        `${run - 1} of ${runs} runs have taken ${Math.round(budgetMs / 60_000)} minutes: that is enough`,
      );
      break;
    }
    const record = (step: Step, seconds: number) => {
      context.progress(`run ${run} of ${runs}: ${step} took ${seconds.toFixed(1)} s`);
      samples.set(step, [...(samples.get(step) ?? []), seconds]);
    };
    resources = await measureOnce(context, run % 2 === 1, record);
  }
  return { comparisons: comparisons(samples, context.peer), resources };
}

/** One run. @returns the number of resources that were created */
async function measureOnce(
  context: BenchContext,
  oursFirst: boolean,
  record: (step: Step, seconds: number) => void,
): Promise<number> {
  const { target, signal } = context;
  record("make up", (await runCommand("make", ["up"], { env: benchEnvironment, signal })).seconds);
  const release = platformRelease();
  const auth = await new BenchNamespaces(target).readSecret(release.namespace, names.authSecret);
  record("cluster down", await timed(() => cluster.down(benchCluster, { progress: () => {} })));
  record("cluster up", await clusterUp(signal));

  let resources = 0;
  const ours = async () => {
    resources = await measurePlatform(signal, record);
  };
  const peer = () => measurePeer(context, release, auth, record);
  for (const measure of oursFirst ? [ours, peer] : [peer, ours]) await measure();
  await cluster.down(benchCluster, { progress: () => {} });
  return resources;
}

async function measurePlatform(signal: AbortSignal, record: (step: Step, seconds: number) => void): Promise<number> {
  const up = await stackOperation("up", signal);
  record("up", up.seconds);
  if (up.report.serversReadyAt) record("up, servers ready", (up.report.serversReadyAt - up.startedAt) / 1000);
  const again = await stackOperation("up", signal);
  requireUnchanged(again.report);
  record("up again", again.seconds);
  const preview = await stackOperation("preview", signal);
  requireUnchanged(preview.report);
  record("preview", preview.seconds);
  record("destroy", (await stackOperation("destroy", signal)).seconds);
  return up.report.changes.create ?? 0;
}

async function measurePeer(
  { target, peer, signal }: BenchContext,
  release: Rendering,
  auth: Record<string, string>,
  record: (step: Step, seconds: number) => void,
): Promise<void> {
  const namespaces = new BenchNamespaces(target);
  await namespaces.create(release.namespace, { restricted: true });
  await namespaces.createSecret(release.namespace, names.authSecret, auth);
  record("peer install", await peer.install(release));
  record("peer upgrade", await peer.upgrade(release));
  record("peer preview", await peer.preview(release));
  // Ours deletes its namespace, and the volumes with it.
  const uninstall = await peer.uninstall(release);
  record("peer uninstall", uninstall + (await timed(() => namespaces.remove(release.namespace, signal))));
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return (performance.now() - started) / 1000;
}

function comparisons(samples: ReadonlyMap<Step, readonly number[]>, peer: ChartPeer): Comparison[] {
  const of = (step: Step) => samples.get(step) ?? [];
  const row = (step: Step, name: string, more: Partial<Series> = {}): Series => ({
    name,
    unit: "s",
    ours: of(step),
    ...more,
  });
  const beside = (step: Step, command: string) => ({ peer: { name: command, values: of(step) } });
  const { install, upgrade, preview, uninstall } = peer.commands;
  const rows: Series[] = [
    row("make up", "`make up`: from nothing to a green verify", { target: { value: 90 } }),
    row("cluster up", "three-node cluster up", { target: { value: 15 } }),
    row("up", "`pulumi up`, whole platform", { ...beside("peer install", install), target: { ratio: 1.3 } }),
    row("up, servers ready", "`pulumi up`, until the servers are ready", beside("peer install", install)),
    row("up again", "`pulumi up`, nothing changed", {
      ...beside("peer upgrade", upgrade),
      target: { value: 10 },
    }),
    row("preview", "`pulumi preview`, nothing changed", beside("peer preview", preview)),
    row("destroy", "`pulumi destroy`", beside("peer uninstall", `${uninstall}, and delete the namespace`)),
    row("cluster down", "cluster with a platform on it down"),
  ];
  return rows.filter(({ ours }) => ours.length > 0).map(compare);
}
