import { readFileSync } from "node:fs";
import { credsAuthenticator, type NatsConnection } from "@nats-io/nats-core";
import { connect } from "@nats-io/transport-node";
import { reached } from "./reached";

/** One line of output: what became of the connection, or, ever so often, how it does. */
export interface WorkerReport {
  /** `answered` comes ever so often, the others as they happen; `closed` is the last: the client gives up. */
  readonly type: "connected" | "leaving" | "disconnected" | "answered" | "closed";
  /** Unix time in milliseconds. */
  readonly at: number;
  /** Name of the server it is connected to, or was last. */
  readonly server: string;
  /** Requests so far that the worker's own subscription answered. */
  readonly answered: number;
  /** Longest time between two answers, in milliseconds. */
  readonly longestGapMs: number;
  readonly detail?: string;
}

/** Creds are read anew for each connection, as they are replaced when a user's epoch is raised. */
const credsFile = "/creds/user/nats.creds";

const beatMs = 50;
const reportEvery = 5;

/**
 * A tenant's worker: serves a subject and asks itself, over the server, until its connection is closed for good. Runs as a pod.
 * It tries the servers in the order they are given.
 */
async function main(): Promise<void> {
  const servers = (process.env.NATS_URL ?? "").split(",");
  await reached(servers[0] ?? "");
  const connection: NatsConnection = await connect({
    servers,
    noRandomize: true,
    authenticator: credsAuthenticator(() => readFileSync(credsFile)),
    ignoreClusterUpdates: true,
    maxReconnectAttempts: -1,
    reconnectTimeWait: 250,
    timeout: 3_000,
    // A server that is gone without a word is noticed soon.
    pingInterval: 1_000,
    maxPingOut: 2,
  });
  const state = { server: serverOf(connection), answered: 0, longestGapMs: 0, lastAnswer: Date.now() };
  const say = (type: WorkerReport["type"], detail?: string) => {
    const { server, answered, longestGapMs } = state;
    const report: WorkerReport = {
      type,
      at: Date.now(),
      server,
      answered,
      longestGapMs,
      ...(detail ? { detail } : {}),
    };
    process.stdout.write(`${JSON.stringify(report)}\n`);
  };
  say("connected");
  void connection.closed().then((error) => {
    say("closed", error ? error.message : "");
    process.exit(0);
  });
  void follow(connection, (type, detail) => {
    state.server = type === "connected" ? serverOf(connection) : state.server;
    say(type, detail);
  });
  connection.subscribe("work.echo", { callback: (_, message) => void message.respond(message.data) });
  for (let beat = 0; ; beat++) {
    await connection.request("work.echo", "", { timeout: 500 }).then(
      () => {
        state.answered++;
        state.longestGapMs = Math.max(state.longestGapMs, Date.now() - state.lastAnswer);
        state.lastAnswer = Date.now();
      },
      () => {}, // while there is no server; that is what the gap is about
    );
    if (beat % reportEvery === 0) say("answered");
    await new Promise((resolve) => setTimeout(resolve, beatMs));
  }
}

async function follow(
  connection: NatsConnection,
  tell: (type: WorkerReport["type"], detail?: string) => void,
): Promise<void> {
  for await (const status of connection.status()) {
    if (status.type === "reconnect") tell("connected");
    if (status.type === "ldm") tell("leaving");
    if (status.type === "disconnect") tell("disconnected");
    if (status.type === "error") tell("disconnected", status.error.message);
  }
}

function serverOf(connection: NatsConnection): string {
  return connection.info?.server_name ?? "";
}

main().catch((error: Error) => {
  process.stdout.write(
    `${JSON.stringify({ type: "closed", at: Date.now(), server: "", answered: 0, longestGapMs: 0, detail: error.message })}\n`,
  );
  process.exit(0);
});
