import { join } from "node:path";
import type { V1Pod } from "@kubernetes/client-node";
import { runInCluster } from "../commands/in-cluster";
import { defaultImages } from "../components/images";
import { serverLabels } from "../components/labels";
import { ports } from "../components/platform/ports";
import { defaultRelease, platformRelease } from "./chart-peer";
import {
  type ClientSettings,
  type Figure,
  figures,
  type Measurement,
  type Side,
  settingsVariable,
} from "./client-contract";
import { type Comparison, compare } from "./comparison";
import { BenchNamespaces } from "./namespaces";
import { type BenchContext, clusterUp, stackOperation } from "./operations";

/** Namespace of the client: a tenant of neither side. */
const clientNamespace = "nats-bench";
const credsSecret = "nats-control-plane-creds";

/** Milliseconds each workload runs for; rather often than long, so that pairs are close to each other in time. */
const workloadMs = 1_000;

/**
 * Measures what the platform's servers do beside those of the same chart with its default values: both at the same time on the
 * same cluster, in turn, with the same client on one node.
 * @param rounds measurements of each figure on each side
 */
export async function measureThroughput(context: BenchContext, rounds: number): Promise<Comparison[]> {
  const { target, peer, progress, signal } = context;
  progress("throughput: cluster, platform and the chart with its default values");
  await clusterUp(signal);
  await stackOperation("up", signal);
  const namespaces = new BenchNamespaces(target);
  await namespaces.create(defaultRelease.namespace, { restricted: false });
  await peer.install(defaultRelease);
  const { namespace } = platformRelease();
  await namespaces.create(clientNamespace, { restricted: true });
  await namespaces.createSecret(clientNamespace, credsSecret, await namespaces.readSecret(namespace, credsSecret));

  const { node, servers } = placement(
    serverPods(await namespaces.pods(namespace)),
    serverPods(await namespaces.pods(defaultRelease.namespace)),
  );
  const settings: ClientSettings = { servers, creds: { platform: "/creds/platform/nats.creds" }, rounds, workloadMs };
  const measurements: Measurement[] = [];
  const said: string[] = [];
  const exitCode = await runInCluster({
    kubeconfig: target.kubeconfig,
    context: target.context,
    image: defaultImages.node,
    namespace: clientNamespace,
    name: "bench-client",
    entry: join(__dirname, "client.ts"),
    env: { [settingsVariable]: JSON.stringify(settings) },
    credsSecrets: { platform: credsSecret },
    nodeName: node,
    onLine: (line) => {
      const measurement = parseMeasurement(line);
      if (!measurement) said.push(line);
      else if (measurements.push(measurement) && isLastOfRound(measurement)) {
        progress(
          measurement.round === 0 ? "throughput: warmed up" : `throughput: round ${measurement.round} of ${rounds}`,
        );
      }
    },
    signal,
  });
  if (exitCode !== 0) throw new Error(`the client ended with ${exitCode}: ${said.slice(-5).join("\n")}`);
  return throughputComparisons(measurements.filter(({ round }) => round > 0));
}

/** Comparisons of all figures, in the client's order. A rate is to be at least the peer's, a latency at most. */
export function throughputComparisons(measurements: readonly Measurement[]): Comparison[] {
  const values = (side: Side, figure: Figure) =>
    measurements
      .filter((measurement) => measurement.side === side && measurement.figure === figure)
      .sort((a, b) => a.round - b.round)
      .map(({ value }) => value);
  return (Object.keys(figures) as Figure[]).map((figure) =>
    compare({
      ...figures[figure],
      ours: values("platform", figure),
      peer: { name: "the chart with its default values", values: values("chart", figure) },
      target: { ratio: 1 },
    }),
  );
}

interface ServerPod {
  readonly node: string;
  readonly address: string;
}

/**
 * Where the client runs and whom it talks to: two nodes that have a server of each side, so that ways are equally long, and from a
 * third. On one node they would compete for processors by the weights of their pods: a client of servers with reserved CPU, ours,
 * is then interrupted at every message, one of servers that have none reserved is not.
 * @throws {Error} if there are no such nodes
 */
export function placement(
  platform: readonly ServerPod[],
  chart: readonly ServerPod[],
): { node: string; servers: ClientSettings["servers"] } {
  const on = (pods: readonly ServerPod[], node: string) => pods.find((pod) => pod.node === node)?.address;
  const nodes = [...new Set([...platform, ...chart].map(({ node }) => node))].sort();
  const shared = nodes.flatMap((node) => {
    const [ours, theirs] = [on(platform, node), on(chart, node)];
    return ours && theirs ? [{ node, platform: ours, chart: theirs }] : [];
  });
  const [near, far] = shared.slice(-2);
  const client = nodes.find((node) => node !== near?.node && node !== far?.node);
  if (!near || !far || !client) {
    const where = (pods: readonly ServerPod[]) => pods.map(({ node }) => node).join(", ") || "no node";
    throw new Error(
      `the platform runs on ${where(platform)} and its peer on ${where(chart)}: two nodes with a server of each are needed, and a third`,
    );
  }
  return {
    node: client,
    servers: { platform: [near.platform, far.platform], chart: [near.chart, far.chart] },
  };
}

function serverPods(pods: readonly V1Pod[]): ServerPod[] {
  return pods
    .filter(({ metadata }) =>
      Object.entries(serverLabels).every(([label, value]) => metadata?.labels?.[label] === value),
    )
    .flatMap(({ spec, status }) =>
      spec?.nodeName && status?.podIP ? [{ node: spec.nodeName, address: `${status.podIP}:${ports.client}` }] : [],
    );
}

function parseMeasurement(line: string): Measurement | undefined {
  try {
    return JSON.parse(line) as Measurement;
  } catch {
    return undefined;
  }
}

function isLastOfRound({ figure, round, side }: Measurement): boolean {
  return figure === "kv-get" && side === (round % 2 === 0 ? "chart" : "platform");
}
