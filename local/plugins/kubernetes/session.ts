import type { EngineLog } from "../rpc/engine";
import { KubeClient } from "./client";
import type { ProviderConfig } from "./config";
import { Discovery } from "./discovery";
import { type Connection, loadConnection } from "./kubeconfig";

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
  const unreachable = (namespace: string, what: string, error: unknown): Session => {
    const reason = `${what}: ${error instanceof Error ? error.message || error.name : String(error)}`;
    log.log("warning", "", `configured Kubernetes cluster is unreachable: ${reason}`);
    return { ...common, namespace, unreachable: reason, cluster: undefined };
  };
  let connection: Connection;
  try {
    connection = loadConnection(config);
  } catch (error) {
    return unreachable(
      config.namespace || "default",
      "unable to load Kubernetes client configuration from kubeconfig file",
      error,
    );
  }
  try {
    const client = new KubeClient(connection);
    await client.request("GET", "/version", {
      signal: AbortSignal.any([signal, AbortSignal.timeout(connectTimeoutMs)]),
    });
    return {
      ...common,
      namespace: connection.namespace,
      unreachable: "",
      cluster: { client, discovery: new Discovery(client) },
    };
  } catch (error) {
    return unreachable(connection.namespace, `the API server at ${connection.server} does not answer`, error);
  }
}

/** @throws {Error} if the cluster is unreachable, with the reason */
export function requireCluster(session: Session): Cluster {
  if (!session.cluster) throw new Error(`configured Kubernetes cluster is unreachable: ${session.unreachable}`);
  return session.cluster;
}
