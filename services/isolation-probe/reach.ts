import { lookup } from "node:dns/promises";
import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { connectTcp } from "../tcp";
import { type Answer, type ReachPort, type ReachTask, reachId } from "./contract";

/** How long a fresh pod may wait for its network, and for other nodes' policies to learn of it, in milliseconds. */
const networkDelayMs = 10_000;

/**
 * A packet that a policy drops is never answered; this is how long one attempt waits for that, in milliseconds, and how often it is made.
 * Several attempts, because the kernel sends again only after 1 s and then 3 s: a hole that opens late is still seen.
 */
const droppedAfterMs = 1_500;
const attempts = 2;

/** How long a server that has taken a connection may take to greet, in milliseconds. */
const greetingMs = 2_000;

/** What an attempt came to: an {@link Answer} without its question. */
type Outcome = Omit<Answer, "id">;

/**
 * Tries every port of every host at once, and reports each.
 * Silence proves something only in a pod whose network works: if it reaches nothing at all, nothing is said to be closed.
 */
export async function probeReach(tasks: readonly ReachTask[], report: (answer: Answer) => void): Promise<void> {
  const all = tasks.flatMap(({ hosts, ports }) =>
    Object.entries(hosts).flatMap(([id, host]) =>
      ports.map((port) => ({ id: reachId(id, port.port), host, port, awaited: port.awaited })),
    ),
  );
  const network = await networkWorks();
  const tell = (id: string, outcome: Outcome) => report({ id, ...outcome });
  let reached = network !== undefined;
  const settled = await Promise.all(
    all
      .filter(({ awaited }) => awaited)
      .map(async ({ id, host, port }) => ({ id, outcome: await untilOpen(host, port) })),
  );
  reached ||= settled.some(({ outcome }) => outcome.observed === "open");
  const rest = await Promise.all(
    all
      .filter(({ awaited }) => !awaited)
      .map(async ({ id, host, port }) => ({ id, outcome: await staysClosed(host, port) })),
  );
  reached ||= rest.some(({ outcome }) => outcome.observed === "open");
  for (const { id, outcome } of [...settled, ...rest]) tell(id, reached ? outcome : unproven(outcome));
}

function unproven(outcome: Outcome): Outcome {
  if (outcome.observed !== "closed") return outcome;
  const detail = `${outcome.detail}, but this pod reaches neither the API server nor DNS either`;
  return { observed: "unknown", detail };
}

/** Waits for a fresh pod's network. @returns what was reached, undefined if nothing was in time */
async function networkWorks(): Promise<string | undefined> {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = process.env;
  const deadline = performance.now() + networkDelayMs;
  const apiServer = async () => {
    if (!host || (await connectTcp(host, Number(port), 1_000)) !== "open") throw new Error("not reached");
    return "API server";
  };
  const dns = async () => {
    await lookup("kubernetes.default.svc");
    return "DNS";
  };
  while (performance.now() < deadline) {
    const found = await Promise.any([apiServer(), dns()]).catch(() => undefined);
    if (found) return found;
    await sleep(200);
  }
  return undefined;
}

async function untilOpen(host: string, port: ReachPort): Promise<Outcome> {
  const deadline = performance.now() + networkDelayMs;
  for (;;) {
    const outcome = await attempt(host, port);
    if (outcome.observed === "open" || performance.now() > deadline) return outcome;
    await sleep(200);
  }
}

async function staysClosed(host: string, port: ReachPort): Promise<Outcome> {
  for (let left = attempts; ; left--) {
    const outcome = await attempt(host, port);
    if (outcome.observed !== "closed" || left === 1) return outcome;
  }
}

/** Tries one connection. Never throws. */
function attempt(host: string, { port, greets }: ReachPort): Promise<Outcome> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const end = (outcome: Outcome) => {
      socket.destroy();
      resolve(outcome);
    };
    socket.setTimeout(droppedAfterMs, () => end({ observed: "closed", detail: "timed out" }));
    socket.once("error", (error: NodeJS.ErrnoException) => end(failure(error)));
    socket.once("connect", () => {
      if (!greets) return end({ observed: "open", detail: "connected" });
      socket.removeAllListeners("error").removeAllListeners("timeout");
      socket.setTimeout(greetingMs);
      readInfo(socket).then(end);
    });
  });
}

/** What closed ports and policies do, and routers with what is behind neither: a port that a Service has not. */
const closedBy: Readonly<Record<string, string>> = {
  ECONNREFUSED: "refused",
  ETIMEDOUT: "timed out",
  EHOSTUNREACH: "unreachable",
  ENETUNREACH: "unreachable",
};

/** A name that is not found, or whatever else may go wrong, says nothing about a port. */
function failure({ code = "", message }: NodeJS.ErrnoException): Outcome {
  const detail = closedBy[code];
  return detail ? { observed: "closed", detail } : { observed: "unknown", detail: code || message };
}

/** Reads the line a nats-server begins with. Something in between that takes every connection is not taken for one. */
function readInfo(socket: Socket): Promise<Outcome> {
  return new Promise((resolve) => {
    let received = "";
    const silent = (detail: string) => resolve({ observed: "silent", detail });
    socket.once("timeout", () => silent("takes the connection and says nothing"));
    socket.once("error", ({ message }) => silent(`takes the connection and breaks it: ${message}`));
    socket.once("close", () => silent("takes the connection and closes it"));
    socket.on("data", (chunk) => {
      received += chunk.toString();
      const end = received.indexOf("\r\n");
      if (end >= 0) resolve(greeting(received.slice(0, end)));
    });
  });
}

function greeting(line: string): Outcome {
  try {
    if (!line.startsWith("INFO ")) throw new Error("no INFO");
    const { server_name, version } = JSON.parse(line.slice("INFO ".length)) as Record<string, string | undefined>;
    return { observed: "open", detail: `greeted by ${server_name}`, ...(version ? { version } : {}) };
  } catch {
    return { observed: "silent", detail: "takes the connection and does not speak the NATS protocol" };
  }
}
