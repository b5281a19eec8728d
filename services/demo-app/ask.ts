import { type NatsConnection, tokenAuthenticator } from "@nats-io/nats-core";
import { connect } from "@nats-io/transport-node";
import { natsOptions } from "../../clients/typescript/nats-options";
import type { Attempt, AttemptResult } from "./contract";

/** Milliseconds an answer may take: those who answer may only just be starting. */
const answerMs = 20_000;

/** The demo's CronJob: tries everything in ATTEMPTS, prints what came of each, and fails if something is not as expected. */
async function main(): Promise<void> {
  const attempts = JSON.parse(process.env.ATTEMPTS ?? "[]") as Attempt[];
  const connection = await connect({ ...natsOptions(), name: process.env.HOSTNAME });
  let wrong = 0;
  for (const attempt of attempts) {
    const { question, expected } = attempt;
    const observed = await observe(connection, attempt);
    const result: AttemptResult = { question, expected, observed, ok: observed === expected };
    if (!result.ok) wrong += 1;
    console.log(JSON.stringify(result));
  }
  await connection.drain();
  process.exit(wrong === 0 ? 0 : 1);
}

async function observe(connection: NatsConnection, { kind, of }: Attempt): Promise<string> {
  try {
    switch (kind) {
      case "request":
        return await ask(connection, of);
      case "publish":
        return await isLet(connection, of, () => connection.publish(of));
      case "subscribe":
        return await isLet(connection, of, () => void connection.subscribe(of, { callback: () => {} }));
      case "login":
        await (await connect({ servers: natsOptions().servers, reconnect: false, ...login(of) })).close();
        return "allowed";
    }
  } catch (error) {
    return isRefusal(error) ? "refused" : (error as Error).message;
  }
}

function login(token: string): object {
  return token === "" ? {} : { authenticator: tokenAuthenticator(token) };
}

/** Asks until somebody answers, or nobody may be asked. */
async function ask(connection: NatsConnection, subject: string): Promise<string> {
  const deadline = Date.now() + answerMs;
  for (;;) {
    try {
      await connection.request(subject, undefined, { timeout: 2_000 });
      return "answered";
    } catch (error) {
      if (isRefusal(error) || Date.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}

/** Does something and waits until the server has seen it; it says so when it does not let us. */
async function isLet(connection: NatsConnection, subject: string, act: () => void): Promise<string> {
  const stop = new AbortController();
  let refused = false;
  const watching = (async () => {
    for await (const status of connection.status()) {
      if (status.type === "error" && status.error.message.includes(`"${subject}"`)) refused = true;
      if (stop.signal.aborted) return;
    }
  })();
  void watching;
  act();
  await connection.flush();
  // The complaint comes before the answer to the flush; the iterator is told in a turn of its own.
  await new Promise((resolve) => setTimeout(resolve, 100));
  stop.abort();
  return refused ? "refused" : "allowed";
}

function isRefusal(error: unknown): boolean {
  return /permissions violation|authorization violation/i.test(`${error} ${(error as Error).cause ?? ""}`);
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exit(1);
});
