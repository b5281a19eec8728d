import { join } from "node:path";
import { runInCluster } from "../../../commands/in-cluster";
import { defaultImages } from "../../../components/images";
import type { FleetReport } from "../load/fleet";
import type { LoginReport } from "../load/logins";
import { core, eventually, namespace as platform, target } from "./platform";

const platformUrl = `nats://nats.${platform}.svc.cluster.local:4222`;

/** A pod that the platform's policies admit, and that may send where it likes. */
const client = { kubeconfig: target.kubeconfig, context: target.context, client: true, openEgress: true };

/** Keeps texts in a Secret while something is done. */
async function withSecret<T>(
  namespace: string,
  name: string,
  data: Readonly<Record<string, string>>,
  use: () => Promise<T>,
): Promise<T> {
  await core().createNamespacedSecret({ namespace, body: { metadata: { name }, stringData: { ...data } } });
  try {
    return await use();
  } finally {
    await core().deleteNamespacedSecret({ namespace, name });
  }
}

/** Has a pod log in with each token. @returns what came of each, by the token's name */
export function logins(namespace: string, tokens: Readonly<Record<string, string>>): Promise<Record<string, string>> {
  return withSecret(namespace, "tokens", tokens, async () => {
    const outcomes: Record<string, string> = {};
    await runInCluster({
      ...client,
      image: defaultImages.node,
      namespace,
      name: "logins",
      entry: join(__dirname, "..", "load", "logins.ts"),
      env: { NATS_URL: platformUrl, TOKENS: "/creds/tokens" },
      credsSecrets: { tokens: "tokens" },
      onLine: (line) => {
        const { name, outcome } = JSON.parse(line) as LoginReport;
        outcomes[name] = outcome;
      },
    });
    return outcomes;
  });
}

/** Clients that run in one pod. */
export interface Fleet {
  /** How they are. */
  latest(): FleetReport;
  /** Waits until so many are connected. */
  connected(clients: number, seconds?: number): Promise<void>;
}

/** Has a pod keep clients connected with a token while something is done. */
export function withFleet<T>(
  namespace: string,
  { name, token, clients }: { readonly name: string; readonly token: string; readonly clients: number },
  use: (fleet: Fleet) => Promise<T>,
): Promise<T> {
  return withSecret(namespace, name, { token }, async () => {
    let latest: FleetReport = { connected: 0, reconnects: 0, ended: 0 };
    const stop = new AbortController();
    const ended = runInCluster({
      ...client,
      image: defaultImages.node,
      namespace,
      name,
      entry: join(__dirname, "..", "load", "fleet.ts"),
      env: { NATS_URL: platformUrl, TOKEN_FILE: "/creds/fleet/token", CLIENTS: String(clients) },
      credsSecrets: { fleet: name },
      limits: { memory: "1Gi" },
      onLine: (line) => {
        if (line.startsWith("{")) latest = JSON.parse(line) as FleetReport;
        else process.stderr.write(`${name}: ${line}\n`);
      },
      signal: stop.signal,
    });
    let failure: unknown;
    ended.catch((error: unknown) => {
      failure = error;
    });
    const connected = (wanted: number, seconds = 120) =>
      eventually(
        `${wanted} of ${clients} clients connected`,
        async () => {
          if (failure !== undefined) throw failure;
          return latest.connected === wanted;
        },
        seconds,
      );
    try {
      return await use({ latest: () => latest, connected });
    } finally {
      stop.abort(new Error("the fleet is told to stop"));
      await ended.catch(() => {});
    }
  });
}
