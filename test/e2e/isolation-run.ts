import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { bundle } from "../../commands/bundle";
import { credsDir as mountedAt } from "../../commands/in-cluster-manifests";
import { type Cell, judge, type ProbeOutcome } from "../../commands/prove-isolation/cells";
import { type PlannedProbe, planProof } from "../../commands/prove-isolation/plan";
import { parseAnswer } from "../../commands/prove-isolation/probes";
import { type Answer, type ProbeSettings, witnessReady } from "../../services/isolation-probe/contract";
import type { IsolationServers } from "./isolation-servers";

/** The probe as one file of JavaScript. */
function bundledProbe(): Promise<string> {
  return bundle(join(__dirname, "../../services/isolation-probe/main.ts"));
}

/** A probe on its way. */
interface Running {
  readonly process: ChildProcess;
  readonly outcome: Promise<ProbeOutcome>;
}

/** Runs the bundled probe as its pod does, but for where creds are mounted and what counts as the API server. */
async function start(
  settings: ProbeSettings,
  { credsDir, apiServer }: { readonly credsDir: string; readonly apiServer: string },
  onAnswer: (answer: Answer) => void = () => {},
): Promise<Running> {
  const file = join(credsDir, "probe.cjs");
  writeFileSync(file, await bundledProbe());
  const text = JSON.stringify(settings).replaceAll(`"${mountedAt}/`, `"${credsDir}/`);
  const [host, port] = apiServer.split(":");
  const env = { PROBE_SETTINGS: text, KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port };
  const process = spawn(globalThis.process.execPath, [file], { env, stdio: ["ignore", "pipe", "inherit"] });
  const answers = new Map<string, Answer>();
  const lines = createInterface({ input: process.stdout });
  lines.on("line", (line) => {
    const answer = parseAnswer(line);
    if (!answer) return;
    answers.set(answer.id, answer);
    onAnswer(answer);
  });
  const outcome = once(process, "close").then(([code]) => ({
    answers,
    ...(code ? { failure: `exit code ${code}` } : {}),
  }));
  return { process, outcome };
}

/** Runs one probe. */
export async function runProbe(
  settings: ProbeSettings,
  options: { readonly credsDir: string; readonly apiServer: string },
): Promise<ProbeOutcome> {
  return (await start(settings, options)).outcome;
}

/**
 * Proves the isolation of accounts and creds, as `prove-isolation` does in a cluster; there are no policies here, so nothing of the network.
 * @param others creds in place of those that probes should have, by folder
 */
export async function prove(servers: IsolationServers, others: Readonly<Record<string, string>> = {}): Promise<Cell[]> {
  const { environment } = servers;
  const plan = planProof(environment, `t${Math.random().toString(36).slice(2, 10)}`, { host: "127.0.0.1", port: 1 });
  const options = { credsDir: servers.credsDir(others), apiServer: `${servers.address(1)}:4222` };
  const outcomes = new Map<string, ProbeOutcome>();
  const { accounts } = plan;
  if (accounts) {
    const { witness, probe } = accounts;
    let listens = () => {};
    const listening = new Promise<void>((resolve) => {
      listens = resolve;
    });
    const watching = await start(witness.settings, options, ({ id }) => id === witnessReady && listens());
    await Promise.race([listening, watching.outcome]);
    outcomes.set(probe.name, await runProbe(probe.settings, options));
    setTimeout(() => watching.process.kill(), 5_000).unref();
    outcomes.set(witness.name, await watching.outcome);
  }
  for (const probe of plan.probes.filter(triesLogins)) {
    outcomes.set(probe.name, await runProbe({ ...probe.settings, reach: [] }, options));
  }
  const witnessed = accounts && outcomes.get(accounts.witness.name);
  const cells = plan.cells.filter(({ part }) => part !== "network");
  return judge(cells, outcomes, witnessed, environment.namespaces);
}

function triesLogins({ settings }: PlannedProbe): boolean {
  return (settings.logins?.length ?? 0) > 0;
}

/** Cells that are not as they should be, as short texts. */
export function wrong(cells: readonly Cell[]): string[] {
  return cells
    .filter(({ ok }) => !ok)
    .map(({ row, target, question, observed }) => `${row} → ${target} ${question}: ${observed}`)
    .sort();
}
