import type { NatsConnection } from "@nats-io/nats-core";
import type { Check } from "../../../services/verify/runner";
import { isReady } from "../../kubernetes";
import { upCommand } from "../../stack-kind";
import { type Login, readers, systemLogin, writers } from "../access/logins";
import type { Access } from "../access/nats";
import { instancePods, lookForServers } from "../access/servers";
import { type Placement, readPlacement } from "../jetstream/placement";
import { readStreams, streamReports } from "../jetstream/streams";
import { type HealthContext, healthz, login, metaLeader, podsReady, roundTrip, streamReplicas } from "./checks";

/** The checks that are made of a stack. */
export function healthChecks({ facts, stack }: Access): Check<HealthContext>[] {
  const jetstream = facts.jetstream ? [streamReplicas] : [];
  // A tenant may have no instances, and is not told of the servers' affairs.
  if (stack.kind === "tenant") {
    const instances = facts.expectation?.instances.length ?? 0;
    return [...(instances > 0 ? [podsReady, healthz] : []), login, roundTrip, ...jetstream];
  }
  return [podsReady, healthz, login, roundTrip, ...(facts.jetstream ? [metaLeader] : []), ...jetstream];
}

/**
 * Looks at what checks need of Kubernetes.
 * @throws UnusableError if the cluster does not answer
 */
export async function healthContext(access: Access): Promise<HealthContext> {
  const { facts, config, stack } = access;
  const servers = await lookForServers(access);
  const instances = facts.expectation ? await instancePods(access) : undefined;
  const connections = new Map<Login, Promise<NatsConnection>>();
  const connect = (one: Login) => {
    const connection = connections.get(one) ?? access.connect(one);
    connections.set(one, connection);
    return connection;
  };
  let placement: Promise<Placement> | undefined;
  return {
    access: { config },
    namespace: facts.expectation?.namespaces.tenants ?? facts.namespace,
    pods: instances ?? servers,
    expectedPods: facts.expectation?.instances.length ?? facts.replicas ?? servers.length,
    logins: loginsToTry(access),
    deploy: upCommand(stack.target.stack),
    connect,
    placement: () => {
      placement ??= look(access, connect, servers.filter(isReady).length);
      return placement;
    },
  };
}

/** One user of every account: one that may publish, where there is one, so that it can be tried, too. */
function loginsToTry({ facts }: Access): Login[] {
  const trying = writers(facts.logins);
  const reading = readers(facts.logins).filter(({ account }) => !trying.some((one) => one.account === account));
  return [...trying, ...reading];
}

/** Streams of all accounts, where the stack has a user that is told of them; else those of its own account. */
async function look(
  { facts }: Access,
  connect: (one: Login) => Promise<NatsConnection>,
  servers: number,
): Promise<Placement> {
  const system = systemLogin(facts.logins);
  if (system) return readPlacement(await connect(system), servers);
  const reports = await Promise.all(
    readers(facts.logins).map(async (one) => streamReports(one.account, await readStreams(await connect(one)))),
  );
  return { clustered: true, problems: [], streams: reports.flat() };
}
