import assert from "node:assert/strict";
import { join } from "node:path";
import { runInCluster } from "../../../commands/in-cluster";
import { credsSecretName } from "../../../components/identity/object-name";
import { defaultImages } from "../../../components/images";
import { tenantIdLabel } from "../../../components/labels";
import { credsOwner } from "../../../components/tenant/names";
import type { WorkerReport } from "../load/worker";
import { eventually, namespace, target } from "./platform";
import { tenantsNamespace } from "./tenants";

/** A tenant's worker that runs in the cluster. */
export interface Worker {
  /** What it has said so far, without the regular reports. */
  readonly events: readonly WorkerReport[];
  /** The newest report. */
  latest(): WorkerReport;
  /** Waits for an event, from a position in {@link events} on. */
  event(type: WorkerReport["type"], from?: number): Promise<WorkerReport>;
  /** Waits until it has been answered so many more times than now: it works. */
  answered(times?: number): Promise<void>;
  /** Ends it. */
  stop(): Promise<void>;
}

/** Who a worker is and where it connects. */
export interface WorkerArgs {
  readonly tenant: string;
  /** @default worker */
  readonly user?: string;
  /** Secret with its creds. @default the user's own */
  readonly secret?: string;
  /** URLs in the order they are tried, separated by commas. */
  readonly urls: string;
  /** Node that must not run it. @default any may */
  readonly avoidNode?: string;
  /** Run as a client of the platform in the platform's namespace. @default in the tenants', with the tenant's label */
  readonly onPlatform?: boolean;
}

const platformUrl = `nats://nats.${namespace}.svc.cluster.local:4222`;

/** Policies are what let such a pod out and in, as any worker that uses the platform, too; the quota wants limits. */
const tenantsPod = {
  namespace: tenantsNamespace,
  client: true,
  openEgress: false,
  limits: { cpu: "500m", memory: "256Mi" },
};

const running: Worker[] = [];
let count = 0;

/** Starts a worker; returns once it has connected or given up. */
export async function startWorker(args: WorkerArgs): Promise<Worker> {
  const { tenant, user = "worker", secret = credsSecretName(credsOwner(tenant, user)), urls } = args;
  const events: WorkerReport[] = [];
  let latest: WorkerReport | undefined;
  const abort = new AbortController();
  const ended = runInCluster({
    kubeconfig: target.kubeconfig,
    context: target.context,
    image: defaultImages.node,
    ...tenantsPod,
    ...(args.onPlatform ? { namespace } : {}),
    name: `worker-${tenant}-${++count}`,
    entry: join(__dirname, "..", "load", "worker.ts"),
    env: { NATS_URL: urls },
    credsSecrets: { user: secret },
    labels: args.onPlatform ? {} : { [tenantIdLabel]: tenant },
    ...(args.avoidNode ? { antiAffinityNode: args.avoidNode } : {}),
    onLine: (line) => {
      latest = JSON.parse(line) as WorkerReport;
      if (latest.type !== "answered") events.push(latest);
    },
    signal: abort.signal,
  });
  let failure: Error | undefined;
  ended.catch((error: Error) => {
    failure = error;
  });
  const until = (what: string, condition: () => boolean) =>
    eventually(`worker of ${tenant}: ${what}; it said ${JSON.stringify(events)}`, async () => {
      if (failure && !abort.signal.aborted) throw failure;
      return condition();
    });
  const worker: Worker = {
    events,
    latest: () => latest ?? assert.fail("the worker has said nothing yet"),
    event: async (type, from = 0) => {
      const find = () => events.slice(from).find((event) => event.type === type);
      await until(type, () => find() !== undefined);
      return find() ?? assert.fail();
    },
    answered: async (times = 10) => {
      const goal = (latest?.answered ?? 0) + times;
      await until(`${times} more answers`, () => (latest?.answered ?? 0) >= goal);
    },
    stop: async () => {
      abort.abort(new Error("the worker is told to stop"));
      await ended.catch(() => {});
    },
  };
  running.push(worker);
  await until("connected, or given up", () => events.length > 0);
  return worker;
}

/** Fails unless a worker with these creds is refused. On a busy machine a connection may time out, which says nothing of creds: it tries again. */
export async function assertWorkerRefused(args: WorkerArgs): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const { detail = "" } = await (await startWorker(args)).event("closed");
    if (/^timeout$/i.test(detail) && attempt < 5) continue;
    assert.match(detail, /authorization violation/i);
    return;
  }
}

/** Has a tenant's admin store messages in a stream on the platform. @throws AssertionError with what went wrong */
export async function storeMessages(tenant: string): Promise<void> {
  const lines: string[] = [];
  const code = await runInCluster({
    ...tenantsPod,
    kubeconfig: target.kubeconfig,
    context: target.context,
    image: defaultImages.node,
    name: `store-${tenant}`,
    entry: join(__dirname, "..", "load", "store.ts"),
    env: { NATS_URL: platformUrl },
    credsSecrets: { user: credsSecretName(credsOwner(tenant, "admin")) },
    labels: { [tenantIdLabel]: tenant },
    onLine: (line) => lines.push(line),
  });
  assert.deepEqual({ code, lines }, { code: 0, lines: ["10"] });
}

/** Ends all workers that still run. */
export async function stopWorkers(): Promise<void> {
  await Promise.all(running.splice(0).map((worker) => worker.stop()));
}
