import type { EngineLog } from "../rpc/engine";
import { KubeClient } from "./client";
import type { ProviderConfig } from "./config";
import { Discovery } from "./discovery";
import { loadConnection } from "./kubeconfig";

/** A configured provider: its settings, its cluster and the engine it talks to. */
export interface Session {
  readonly config: ProviderConfig;
  readonly log: EngineLog;
  /** Aborted when the user cancels. */
  readonly signal: AbortSignal;
  /** Namespace of objects that name none. */
  readonly namespace: string;
  /** Why there is no cluster; then `cluster` is undefined. */
  readonly unreachable: string;
  readonly cluster: Cluster | undefined;
}

/** The API of a cluster that answered. */
export interface Cluster {
  readonly client: KubeClient;
  readonly discovery: Discovery;
}

const connectTimeoutMs = 15_000;

/** Connects to the cluster of the settings. A cluster that cannot be reached is no error yet: a preview can do without. */
export async function openSession(config: ProviderConfig, log: EngineLog, signal: AbortSignal): Promise<Session> {
  const common = { config, log, signal };
  let namespace = config.namespace || "default";
  try {
    const connection = loadConnection(config);
    namespace = connection.namespace;
    const client = new KubeClient(connection);
    await client.request("GET", "/version", {
      signal: AbortSignal.any([signal, AbortSignal.timeout(connectTimeoutMs)]),
    });
    return { ...common, namespace, unreachable: "", cluster: { client, discovery: new Discovery(client) } };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return {
      ...common,
      namespace,
      unreachable: `unable to load schema information from the API server: ${reason}`,
      cluster: undefined,
    };
  }
}

/** @throws {Error} if the cluster is unreachable, with the reason */
export function requireCluster(session: Session): Cluster {
  if (!session.cluster) throw new Error(`configured Kubernetes cluster is unreachable: ${session.unreachable}`);
  return session.cluster;
}
