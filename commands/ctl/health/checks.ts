import type { V1Pod } from "@kubernetes/client-node";
import type { NatsConnection } from "@nats-io/nats-core";
import { createInbox } from "@nats-io/nats-core";
import { ports } from "../../../components/platform/ports";
import { describeError } from "../../../services/text";
import type { Check } from "../../../services/verify/runner";
import { isReady } from "../../kubernetes";
import { notReadyReason } from "../../verify/cluster-checks";
import { getFromPod } from "../../verify/pod-http";
import type { Login } from "../access/logins";
import type { Access } from "../access/nats";
import type { PlacedStream, Placement } from "../jetstream/placement";

/** What the checks look at. */
export interface HealthContext {
  readonly access: Pick<Access, "config">;
  /** Namespace of {@link pods}. */
  readonly namespace: string;
  /** Pods of the stack's own servers: of a tenant, its instances. */
  readonly pods: readonly V1Pod[];
  /** How many there should be. */
  readonly expectedPods: number;
  /** Users to log in with, one of each account. */
  readonly logins: readonly Login[];
  /** What brings the stack to what it should be. */
  readonly deploy: string;
  readonly connect: (login: Login) => Promise<NatsConnection>;
  /** JetStream, as servers describe it now. */
  readonly placement: () => Promise<Placement>;
}

/** Every server's pod is there and ready. */
export const podsReady: Check<HealthContext> = {
  name: "pods-ready",
  async run({ pods, expectedPods, deploy }) {
    const ready = pods.filter(isReady);
    const wrong = pods.filter((pod) => !isReady(pod)).map((pod) => `${pod.metadata?.name} ${notReadyReason(pod)}`);
    const missing = expectedPods - pods.length;
    if (missing > 0) wrong.push(`${missing} ${missing === 1 ? "does" : "do"} not exist`);
    if (wrong.length === 0) return `${ready.length} of ${expectedPods} ready`;
    throw new Error(
      `${ready.length} of ${expectedPods} ready: ${wrong.join("; ")}; see ctl logs, a cordoned node (ctl drain-node --uncordon), or repair: ${deploy}`,
    );
  },
};

/** Every server that runs says that it is healthy. */
export const healthz: Check<HealthContext> = {
  name: "healthz",
  async run({ access, namespace, pods }, signal) {
    const running = pods.filter(isReady).flatMap(({ metadata }) => metadata?.name ?? []);
    const answers = await Promise.all(
      running.map(async (name) => {
        try {
          const at = { namespace, name, port: ports.monitoring };
          const { status, body } = await getFromPod(access.config, at, "/healthz", signal);
          return status === 200 ? [] : [`${name}: ${errorOf(body)}`];
        } catch (error) {
          return [`${name}: does not answer: ${describeError(error)}`];
        }
      }),
    );
    const wrong = answers.flat();
    if (running.length === 0) throw new Error("no server is ready; see pods-ready");
    if (wrong.length > 0) throw new Error(`${wrong.join("; ")}; ${remedyOf(wrong)}`);
    return `${running.length} ${running.length === 1 ? "server says" : "servers say"} ok`;
  },
};

function remedyOf(problems: readonly string[]): string {
  if (problems.some((problem) => problem.includes("JetStream not enabled"))) {
    return "its volume may be full, and then it must not restart: docs/operations.md, A disk is full";
  }
  return problems.some((problem) => problem.includes("could not be resolved"))
    ? "its volume has streams of an account that is gone: docs/operations.md, Streams of a tenant that is gone; of a workstation, declare the account again, or take it down"
    : "a server that has just started catches up by itself, else: ctl logs";
}

function errorOf(body: string): string {
  try {
    const { status, error } = JSON.parse(body) as { status?: string; error?: string };
    return error ?? status ?? body;
  } catch {
    return body;
  }
}

/** A user of every account is let in. */
export const login: Check<HealthContext> = {
  name: "login",
  async run({ logins, connect }) {
    if (logins.length === 0) throw new Error("there is no user to log in with: all are revoked");
    for (const one of logins) await connect(one);
    return logins.map(({ user, account }) => `${user} of ${account}`).join(", ");
  },
};

/** What a client publishes reaches a client. */
export const roundTrip: Check<HealthContext> = {
  name: "round-trip",
  needs: ["login"],
  async run({ logins, connect }) {
    const writers = logins.filter(({ mayWrite }) => mayWrite);
    const times = await Promise.all(writers.map(async (one) => echo(await connect(one))));
    if (times.length === 0) return "not tried: the users that there are may only read";
    return `through core NATS, ${Math.max(...times).toFixed(0)} ms`;
  },
};

/** How long a message takes to a subscriber and back, in milliseconds. */
async function echo(connection: NatsConnection): Promise<number> {
  const subject = createInbox();
  const subscription = connection.subscribe(subject, {
    max: 1,
    callback: (_, message) => void message.respond("pong"),
  });
  await connection.flush();
  const started = performance.now();
  try {
    await connection.request(subject, "ping", { timeout: 5_000 });
  } catch (error) {
    throw new Error(`a message does not arrive: ${describeError(error)}; see healthz, then: ctl logs`);
  } finally {
    subscription.unsubscribe();
  }
  return performance.now() - started;
}

/** The servers agree on who decides where streams are. Only the system account's user is told. */
export const metaLeader: Check<HealthContext> = {
  name: "jetstream-leader",
  async run({ placement }) {
    const { clustered, metaLeader: leader, problems } = await placement();
    if (problems.length > 0) throw new Error(`${problems.join("; ")}; bring the servers back: pods-ready, ctl logs`);
    return clustered ? `${leader}, all members current` : "one server, which needs none";
  },
};

/** Every stream has a leader, and its replicas have what it has. */
export const streamReplicas: Check<HealthContext> = {
  name: "streams",
  async run({ placement }) {
    return judgeStreams((await placement()).streams);
  },
};

/** @throws Error naming the streams that are not as they should be, and what to do */
export function judgeStreams(streams: readonly PlacedStream[]): string {
  const wrong = streams.filter(({ problems }) => problems.length > 0);
  if (wrong.length === 0) return `${streams.length} with a leader and all replicas current`;
  const what = wrong.map(({ account, name, problems }) => `${name} of ${account}: ${problems.join(", ")}`);
  throw new Error(
    `${what.join("; ")}; replicas catch up by themselves once their servers are back: pods-ready, ctl streams`,
  );
}
