import { join } from "node:path";
import { type Answer, witnessReady } from "../../services/isolation-probe/contract";
import { describeError } from "../../services/text";
import { runInCluster } from "../in-cluster";
import type { ProbeOutcome } from "./cells";
import type { Plan, PlannedProbe } from "./plan";

/** Where probes are run. */
export interface ProbeRun {
  readonly kubeconfig: string;
  readonly context: string;
  /** Image of Node. */
  readonly image: string;
  /** Called with the name of each probe that has ended, and what came of it. */
  readonly onEnd: (probe: PlannedProbe, outcome: ProbeOutcome) => void;
  readonly signal?: AbortSignal;
}

/** Probes that run at the same time: each is a pod to start, which is most of its work. */
const sideBySide = 5;

/** More than the longest probe can take in seconds, once its pod has started. */
const deadlineSeconds = 180;

/** How long the witness may listen on when what it listens to has ended, in milliseconds. */
const witnessEndMs = 5_000;

/** What a quota counts, so that one probe takes little of what a tenant might need. */
const limits = { cpu: "500m", memory: "256Mi" };

/** Runs a probe and keeps what came of it. Never throws. */
type Keeping = (probe: PlannedProbe, signal?: AbortSignal, onAnswer?: (answer: Answer) => void) => Promise<void>;

/**
 * Runs every probe of a plan. One that fails does not stop the others.
 * @returns what came of each by its name
 * @throws only the reason of the aborted signal, when all probes have been removed
 */
export async function runProbes({ probes, accounts }: Plan, run: ProbeRun): Promise<Map<string, ProbeOutcome>> {
  const outcomes = new Map<string, ProbeOutcome>();
  const runAndKeep: Keeping = async (probe, signal = run.signal, onAnswer = () => {}) => {
    const outcome = await runProbe(probe, { ...run, signal, onAnswer });
    outcomes.set(probe.name, outcome);
    run.onEnd(probe, outcome);
  };
  const waiting = [
    ...(accounts ? [() => runAccounts(accounts, run, runAndKeep)] : []),
    ...probes.map((probe) => () => runAndKeep(probe)),
  ];
  const work = async () => {
    for (let next = waiting.shift(); next && !run.signal?.aborted; next = waiting.shift()) await next();
  };
  await Promise.all(Array.from({ length: sideBySide }, work));
  run.signal?.throwIfAborted();
  return outcomes;
}

/** The witness must listen before there is something to be heard, and ends when it has heard the end. */
async function runAccounts(
  { probe, witness }: NonNullable<Plan["accounts"]>,
  run: ProbeRun,
  runAndKeep: Keeping,
): Promise<void> {
  const stop = new AbortController();
  const signal = run.signal ? AbortSignal.any([run.signal, stop.signal]) : stop.signal;
  let listens = () => {};
  const listening = new Promise<void>((resolve) => {
    listens = resolve;
  });
  const witnessing = runAndKeep(witness, signal, ({ id }) => {
    if (id === witnessReady) listens();
  });
  await Promise.race([listening, witnessing]);
  await runAndKeep(probe);
  setTimeout(() => stop.abort(new Error("the witness did not hear the end")), witnessEndMs).unref();
  await witnessing;
}

/** Runs one probe. Never throws. */
export async function runProbe(
  probe: PlannedProbe,
  {
    kubeconfig,
    context,
    image,
    signal,
    onAnswer,
  }: Omit<ProbeRun, "onEnd"> & { readonly onAnswer: (answer: Answer) => void },
): Promise<ProbeOutcome> {
  const answers = new Map<string, Answer>();
  let noise = "";
  const { name, namespace, labels, client, openEgress, credsSecrets, settings } = probe;
  const failure = await runInCluster({
    kubeconfig,
    context,
    image,
    namespace,
    name,
    entry: join(__dirname, "../../services/isolation-probe/main.ts"),
    env: { PROBE_SETTINGS: JSON.stringify(settings) },
    credsSecrets,
    client,
    labels,
    openEgress,
    limits,
    deadlineSeconds,
    onLine: (line) => {
      const answer = parseAnswer(line);
      if (!answer) noise = line;
      else {
        answers.set(answer.id, answer);
        onAnswer(answer);
      }
    },
    ...(signal ? { signal } : {}),
  }).then(
    (exitCode) => (exitCode === 0 ? undefined : `the probe ended with exit code ${exitCode}: ${noise}`),
    describeError,
  );
  return { answers, ...(failure ? { failure } : {}) };
}

/** The answer that a line of a probe's output holds; undefined for any other line. */
export function parseAnswer(line: string): Answer | undefined {
  try {
    const answer = JSON.parse(line) as Answer;
    return typeof answer.id === "string" && typeof answer.observed === "string" ? answer : undefined;
  } catch {
    return undefined;
  }
}
