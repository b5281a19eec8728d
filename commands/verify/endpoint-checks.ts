import type { KubeConfig } from "@kubernetes/client-node";
import { ports } from "../../components/platform/ports";
import { type Expected, serverVersionFloor } from "../../services/verify/contract";
import type { Check } from "../../services/verify/runner";
import { atLeast } from "../../services/verify/version";
import { type ClusterContext, serverNames } from "./cluster-checks";
import { getFromPod, type HttpAnswer } from "./pod-http";

/** What the checks of this file need to ask servers over HTTP. */
export interface EndpointContext extends ClusterContext {
  readonly config: KubeConfig;
}

/** Every server's monitoring endpoint answers as the right server, of a version that is new enough. */
const monitoringEndpoint: Check<EndpointContext> = {
  name: "monitoring-endpoint",
  needs: ["pods-ready"],
  async run(context, signal) {
    const versions = await everyServer(context, signal, ports.monitoring, "/varz", (server, { body }) => {
      const { server_name, version } = JSON.parse(body) as { server_name: string; version: string };
      if (server_name !== server) throw new Error(`calls itself ${server_name}`);
      if (!atLeast(version, serverVersionFloor))
        throw new Error(`runs nats-server ${version}, older than ${serverVersionFloor}`);
      return version;
    });
    return `${versions.length} servers answer /varz on ${ports.monitoring}, nats-server ${[...new Set(versions)].join(", ")}`;
  },
};

/** Every server says it is healthy, JetStream and all its assets included. */
const health: Check<EndpointContext> = {
  name: "health",
  needs: ["pods-ready"],
  async run(context, signal) {
    const paths = [
      "/healthz",
      ...(context.expected.jetstream ? ["/healthz?js-enabled-only=true", "/healthz?js-server-only=true"] : []),
    ];
    for (const path of paths) {
      await everyServer(context, signal, ports.monitoring, path, (_, { body }) => {
        const { status, error } = JSON.parse(body) as { status: string; error?: string };
        if (status !== "ok") throw new Error(`${path}: ${error ?? status}`);
      });
    }
    return `${context.expected.replicas} servers ok: ${paths.join(", ")}`;
  },
};

/** Every server's exporter gives Prometheus metrics of its own server. */
const metricsEndpoint: Check<EndpointContext> = {
  name: "metrics-endpoint",
  needs: ["pods-ready"],
  async run(context, signal) {
    const ids = await everyServer(context, signal, ports.monitoring, "/varz", (_, { body }) => serverId(body));
    const exported = await everyServer(context, signal, ports.metrics, "/metrics", (_, { body }) =>
      exportedServers(body),
    );
    const problems = serverNames(context.expected).flatMap((name, index) => {
      const [id, seen = []] = [ids[index], exported[index]];
      if (id !== undefined && seen.includes(id)) return [];
      return [`${name}: has ${seen.length ? `metrics of ${seen.join(", ")}, not of ${id}` : "no metric of a server"}`];
    });
    if (problems.length) throw new Error(problems.join("; "));
    return `${exported.length} exporters on ${ports.metrics}, each with the metrics of its server`;
  },
};

function serverId(varz: string): string {
  return (JSON.parse(varz) as { server_id: string }).server_id;
}

/** Ids of the servers whose connections a text of Prometheus metrics counts. https://github.com/nats-io/prometheus-nats-exporter */
export function exportedServers(metrics: string): string[] {
  return [...metrics.matchAll(/^\w+_varz_connections\{(?:.*,)?server_id="([^"]+)".*\} \d/gm)].map(
    (match) => match[1] ?? "",
  );
}

/** Checks on what servers say over HTTP, those of features the config has off left out. */
export function endpointChecks({ metrics }: Expected): Check<EndpointContext>[] {
  return [monitoringEndpoint, health, ...(metrics ? [metricsEndpoint] : [])];
}

/** Asks every server the same and reads each answer. @throws Error naming the servers that do not answer well */
async function everyServer<T>(
  { config, snapshot, expected }: EndpointContext,
  signal: AbortSignal,
  port: number,
  path: string,
  read: (server: string, answer: HttpAnswer) => T,
): Promise<T[]> {
  const outcomes = await Promise.allSettled(
    serverNames(expected).map(async (name) => {
      const answer = await getFromPod(config, { namespace: snapshot.namespace, name, port }, path, signal);
      if (answer.status !== 200) throw new Error(`${path} answers ${answer.status}: ${answer.body}`);
      return read(name, answer);
    }),
  );
  const problems = outcomes.flatMap((outcome, index) =>
    outcome.status === "rejected" ? [`${serverNames(expected)[index]}: ${(outcome.reason as Error).message}`] : [],
  );
  if (problems.length) throw new Error(problems.join("; "));
  return outcomes.flatMap((outcome) => (outcome.status === "fulfilled" ? [outcome.value] : []));
}
