import { setTimeout as delay } from "node:timers/promises";
import { describeError } from "../../text";
import type { AccountStatus } from "../status";
import { type Answer, describe, isActive } from "./verdict";

const pollMs = 500;
/** Milliseconds account-sync has to answer. */
const answerMs = 5_000;

/**
 * Waits until an account is active on every server that is to hold it.
 * `STATUS_URL`: its status at account-sync; `DIGEST`: SHA-256 of its JWT, in hex; `TIMEOUT_SECONDS`.
 * Fails when the time is up, and says which server holds what.
 */
async function main(): Promise<void> {
  const { STATUS_URL: url = "", DIGEST: digest = "", TIMEOUT_SECONDS: seconds = "" } = process.env;
  const deadline = Date.now() + Number(seconds) * 1000;
  let answer = await ask(url);
  while (!isActive(answer, digest)) {
    if (Date.now() > deadline) {
      console.error(`not active on every server after ${seconds} s\n${describe(answer, digest)}`);
      process.exitCode = 1;
      return;
    }
    await delay(pollMs);
    answer = await ask(url);
  }
  console.log(describe(answer, digest));
}

async function ask(url: string): Promise<Answer> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(answerMs) });
    if (!response.ok) return { reason: `it answers ${response.status}: ${(await response.text()).trim()}` };
    return { status: (await response.json()) as AccountStatus };
  } catch (error) {
    const cause = error instanceof Error && error.cause ? `: ${describeError(error.cause)}` : "";
    return { reason: `${url} cannot be reached: ${describeError(error)}${cause}` };
  }
}

void main();
