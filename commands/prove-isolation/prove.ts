import { version } from "../../package.json";
import { kubeConfig } from "../kubernetes";
import { withBystander } from "./bystander";
import { judge, type ProbeOutcome } from "./cells";
import { coverage } from "./coverage";
import { discover, type Outputs } from "./discover";
import { withNamespaces } from "./namespaces";
import { planProof } from "./plan";
import { runProbes } from "./probes";
import type { ProofReport } from "./report";

/** Which environment to prove the isolation of. */
export interface ProofOptions {
  readonly kubeconfig: string;
  /** Context in {@link kubeconfig}. */
  readonly context: string;
  /** The environment's stack, for the report. */
  readonly stack: string;
  readonly outputs: Outputs;
  /** Called with a line for people as the work goes on. */
  readonly onProgress?: (line: string) => void;
  /** Ends it early; what was created in the cluster is removed all the same. */
  readonly signal?: AbortSignal;
}

/**
 * Tries what tenants of an environment must not be able to do to each other, with what they must be able to do beside it, from pods that are
 * removed again: reach each other's servers, hear each other on the platform, sign in at each other's instances.
 * Makes one or two namespaces, a pod for each row of the report with its ConfigMap and NetworkPolicy, and a stream at a time in each tenant's account.
 * @throws Error if there is no tenant, a namespace cannot be made, or the cluster cannot be asked (UnreachableError); or the reason of the aborted signal
 */
export async function proveIsolation(options: ProofOptions): Promise<ProofReport> {
  const { stack, context, signal, outputs, onProgress = () => {} } = options;
  const started = new Date();
  const config = kubeConfig(options);
  const { environment, kubernetes } = await discover(config, outputs);
  const { tenants, namespaces } = environment;
  if (tenants.length === 0) {
    throw new Error(`environment ${stack} has no tenant: bring one up first, with make tenant-up TENANT=<id>`);
  }
  signal?.throwIfAborted();
  const runId = `${Date.now().toString(36)}${Math.random().toString(36).slice(2, 6)}`;
  const run = { ...options, image: outputs.tenancy.images.node };
  const { plan, outcomes } = await withBystander(run, { namespace: namespaces.tenants, runId }, async (bystander) => {
    const plan = planProof(environment, runId, bystander);
    const total = plan.probes.length + (plan.accounts ? 2 : 0);
    onProgress(`${tenants.length} tenants, ${plan.cells.length} questions, ${total} pods`);
    let ended = 0;
    const outcomes = await withNamespaces(config, plan.namespaces, () =>
      runProbes(plan, {
        ...run,
        onEnd: ({ name }, outcome) => onProgress(`[${++ended}/${total}] ${name}: ${progress(outcome)}`),
      }),
    );
    return { plan, outcomes };
  });
  const witnessed = plan.accounts && outcomes.get(plan.accounts.witness.name);
  const cells = judge(plan.cells, outcomes, witnessed, namespaces);
  return {
    ok: cells.every(({ ok }) => ok),
    run: {
      program: version,
      startedAt: started.toISOString(),
      seconds: (Date.now() - started.getTime()) / 1000,
      stack,
      cluster: config.getCurrentCluster()?.server ?? "",
      context,
      kubernetes,
      natsServer: serverVersions(outcomes),
      namespaces,
    },
    tenants: tenants.map(({ id, account, instances, creds }) => ({
      id,
      ...(account ? { account } : {}),
      instances: instances.map(({ name }) => name),
      ...(creds ? { user: creds.user, role: creds.role } : {}),
    })),
    askers: plan.askers.map(({ row, description }) => ({ row, description })),
    coverage: coverage(environment, cells),
    cells,
  };
}

function progress({ answers, failure }: ProbeOutcome): string {
  return failure ?? `${answers.size} answers`;
}

function serverVersions(outcomes: ReadonlyMap<string, ProbeOutcome>): string[] {
  const answers = [...outcomes.values()].flatMap(({ answers }) => [...answers.values()]);
  return [...new Set(answers.flatMap(({ version }) => version ?? []))].sort();
}
