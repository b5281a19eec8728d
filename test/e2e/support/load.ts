import { join } from "node:path";
import { PassThrough } from "node:stream";
import { Exec } from "@kubernetes/client-node";
import { runInCluster } from "../../../commands/in-cluster";
import { kubeConfig } from "../../../commands/kubernetes";
import { defaultImages } from "../../../components/images";
import { type LoadReport, stopSignal } from "../load/publisher";
import { core, eventually, namespace, target } from "./platform";

/** A publishing load that runs in the cluster. */
export interface Load {
  /** The newest report. */
  latest(): LoadReport | undefined;
  /** Waits until so many more messages have been acknowledged than now. */
  progress(messages: number): Promise<void>;
  /** Ends it and returns what became of its messages. */
  stop(): Promise<LoadReport>;
}

/** Where a load runs, and what it publishes to. */
export interface LoadPlacement {
  /** Server that leads the stream. @default whichever the servers choose */
  readonly leader?: string;
  /** Node that must not run the load. @default any may */
  readonly avoidNode?: string;
}

/** Starts a publishing load; returns once messages are acknowledged. */
export async function startLoad(stream: string, { leader, avoidNode }: LoadPlacement = {}): Promise<Load> {
  let latest: LoadReport | undefined;
  const name = `load-${stream.toLowerCase()}`;
  const ended = runInCluster({
    kubeconfig: target.kubeconfig,
    context: target.context,
    image: defaultImages.node,
    namespace,
    name,
    entry: join(__dirname, "..", "load", "publisher.ts"),
    env: {
      NATS_URL: `nats://nats.${namespace}.svc.cluster.local:4222`,
      STREAM: stream,
      ...(leader ? { LEADER: leader } : {}),
    },
    credsSecrets: { "control-plane": "nats-control-plane-creds" },
    antiAffinityNode: avoidNode,
    onLine: (line) => {
      if (line.startsWith("{")) latest = JSON.parse(line);
      else process.stderr.write(`${name}: ${line}\n`);
    },
  });
  // Told by stop(); without this an early end would count as unhandled.
  ended.catch(() => {});
  const acknowledged = () => latest?.acknowledged ?? 0;
  const progress = async (messages: number) => {
    const goal = acknowledged() + messages;
    const failed = ended.then((code) => {
      throw new Error(`the load ended with exit code ${code}`);
    });
    await Promise.race([
      failed,
      eventually(`${messages} more messages acknowledged`, async () => acknowledged() >= goal),
    ]);
  };
  await progress(100);
  return {
    latest: () => latest,
    progress,
    stop: async () => {
      await signalPod(name);
      const code = await ended;
      if (latest?.type !== "result")
        throw new Error(`the load ended without a result, exit code ${code}: ${JSON.stringify(latest)}`);
      return latest;
    },
  };
}

async function signalPod(prefix: string): Promise<void> {
  const { items } = await core().listNamespacedPod({ namespace });
  const pod = items.find(
    ({ metadata, status }) => metadata?.name?.startsWith(`${prefix}-`) && status?.phase === "Running",
  );
  if (!pod?.metadata?.name) throw new Error(`no running pod ${prefix}-*`);
  const command = ["kill", "-s", stopSignal.replace("SIG", ""), "1"];
  const output = new PassThrough();
  await new Exec(kubeConfig(target)).exec(
    namespace,
    pod.metadata.name,
    "program",
    command,
    output,
    output,
    null,
    false,
  );
}
