import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { run } from "../commands/run";
import { projectRoot } from "../commands/target";
import * as cluster from "../local/cluster";
import { withLock } from "../local/lock";
import { knownClusters } from "../local/state";
import { measureAccountSync } from "./account-sync/measure";
import { measureApps } from "./apps/measure";
import { chartPeer } from "./chart-peer";
import { performanceDocument } from "./document";
import { measureLifecycle } from "./lifecycle";
import { describeMachine } from "./machine";
import type { BenchContext } from "./operations";
import { type BenchOptions, parseOptions } from "./options";
import type { PartName } from "./parts";
import { measurePolicies } from "./policies/measure";
import { type BenchReport, formatReport, type PartResults } from "./report";
import { benchCluster, benchTarget } from "./target";
import { measureTenants } from "./tenants/measure";
import { measureThroughput } from "./throughput";
import { measureTools } from "./tools";

const documentFile = join(projectRoot, "docs", "performance.md");

run(async () => {
  const options = parseOptions(process.argv.slice(2), process.env);
  const report = await withLock(
    "nats-platform/bench",
    () => progress("another bench is running, waiting for it"),
    () => interruptible((signal) => measure(options, signal)),
  );
  if (options.write) writeDocument(report);
  process.stdout.write(options.json ? `${JSON.stringify(report, null, 2)}\n` : `\n${formatReport(report)}`);
  return 0;
});

async function measure(options: BenchOptions, signal: AbortSignal): Promise<BenchReport> {
  const machine = describeMachine();
  const target = benchTarget();
  const context: BenchContext = { target, peer: chartPeer(options, target, signal), progress, signal };
  const notes = await otherClusters();
  notes.forEach(progress);
  try {
    return { machine, notes, parts: await measureParts(options, context) };
  } finally {
    progress("taking the cluster down");
    await clusterDown();
  }
}

/** Measures the chosen parts one after the other, each without anything that another has left. */
async function measureParts({ parts, runs }: BenchOptions, context: BenchContext): Promise<PartResults> {
  const measurements: { [Part in PartName]: () => Promise<PartResults[Part]> } = {
    lifecycle: () => measureLifecycle(context, runs),
    // A round is short, a run is not.
    throughput: () => measureThroughput(context, runs * 3),
    tenants: () => measureTenants(context, runs),
    "account-sync": () => measureAccountSync(context, runs),
    apps: () => measureApps(context, runs),
    policies: () => measurePolicies(context, runs),
    tools: () => measureTools(context.signal),
  };
  const results: [PartName, PartResults[PartName]][] = [];
  for (const part of parts) {
    await clusterDown();
    results.push([part, await measurements[part]()]);
  }
  return Object.fromEntries(results);
}

function clusterDown(): Promise<unknown> {
  return cluster.down(benchCluster, { progress: () => {} });
}

/** Other clusters of this machine that run, and so take part of it. */
async function otherClusters(): Promise<string[]> {
  const states = await Promise.all(
    knownClusters()
      .filter((name) => name !== benchCluster)
      .map((name) => cluster.status(name)),
  );
  return states
    .filter(({ state }) => state !== "down")
    .map(({ name }) => `cluster ${name} was running on the machine at the same time`);
}

function writeDocument(report: BenchReport): void {
  const previous = existsSync(documentFile) ? readFileSync(documentFile, "utf8") : "";
  mkdirSync(dirname(documentFile), { recursive: true });
  writeFileSync(documentFile, performanceDocument(report, previous));
  progress(`wrote ${documentFile}`);
}

/** Runs work that cleans up and ends when the process is told to end. */
async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const abort = new AbortController();
  const onSignal = (signal: NodeJS.Signals) => {
    if (!abort.signal.aborted) progress("interrupted, cleaning up");
    abort.abort(new Error(`interrupted (${signal}); nothing was written`));
  };
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  for (const signal of signals) process.on(signal, onSignal);
  try {
    return await work(abort.signal);
  } finally {
    for (const signal of signals) process.removeListener(signal, onSignal);
  }
}

function progress(message: string): void {
  const seconds = Math.floor(process.uptime());
  const clock = [Math.floor(seconds / 60), seconds % 60].map((part) => String(part).padStart(2, "0")).join(":");
  process.stderr.write(`[${clock}] ${message}\n`);
}
