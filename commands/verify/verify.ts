import type { CheckResult, Expected } from "../../services/verify/contract";
import { runChecks, skipped } from "../../services/verify/runner";
import { isReady, kubeConfig } from "../kubernetes";
import { clusterChecks, podsReady } from "./cluster-checks";
import { type EndpointContext, endpointChecks } from "./endpoint-checks";
import { type ProbeRun, probeCheckNames, runProbe } from "./probe";
import { report, type VerifyReport } from "./report";
import { takeSnapshot } from "./snapshot";

/** Which platform to verify, and against what. */
export interface VerifyOptions {
  readonly kubeconfig: string;
  /** Context in {@link kubeconfig}. */
  readonly context: string;
  /** The platform's namespace. */
  readonly namespace: string;
  /** Image of Node, which the probes run on. */
  readonly image: string;
  readonly expected: Expected;
  /** Called with each result as it comes, in no particular order. */
  readonly onCheck?: (result: CheckResult) => void;
  /** Ends it early; what was created in the cluster is removed all the same. */
  readonly signal?: AbortSignal;
}

/** Names of the checks that {@link verify} makes of such a platform, in the order of its report. */
export function checkNames(expected: Expected): string[] {
  return [
    ...[...clusterChecks, ...endpointChecks(expected)].map(({ name }) => name),
    ...probeCheckNames("inside", expected),
    ...probeCheckNames("outside", expected),
  ];
}

/**
 * Checks a platform as it is now, from outside and, with its own creds, from inside its cluster. Nothing is tried again until it turns out well.
 * Creates two pods with a ConfigMap each and a NetworkPolicy, and streams in the platform's account; removes them again.
 * @returns one result per check, however broken the platform is
 * @throws UnreachableError if the cluster cannot be asked, or the reason of the aborted signal
 */
export async function verify(options: VerifyOptions): Promise<VerifyReport> {
  const { expected, signal } = options;
  const config = kubeConfig(options);
  const snapshot = await takeSnapshot(config, options.namespace);
  signal?.throwIfAborted();
  const onCheck = options.onCheck ?? (() => {});
  const context: EndpointContext = { config, snapshot, expected };
  const probe = (role: ProbeRun["role"]) => {
    // No server at all: there is nothing a probe could find out.
    if (!snapshot.pods.some(isReady)) return skipAll(probeCheckNames(role, expected), onCheck);
    return runProbe({ ...options, snapshot, role, report: onCheck });
  };
  const outcomes = await Promise.allSettled([
    runChecks([...clusterChecks, ...endpointChecks(expected)], context, onCheck),
    probe("inside"),
    probe("outside"),
  ]);
  return report(outcomes.flatMap((outcome) => resultsOf(outcome)));
}

function skipAll(names: readonly string[], onCheck: (result: CheckResult) => void): CheckResult[] {
  const results = names.map((name) => skipped(name, [podsReady.name]));
  results.forEach(onCheck);
  return results;
}

/** Results of a part that has ended; what it failed with only after all parts have cleaned up. */
function resultsOf(outcome: PromiseSettledResult<CheckResult[]>): CheckResult[] {
  if (outcome.status === "rejected") throw outcome.reason;
  return outcome.value;
}
