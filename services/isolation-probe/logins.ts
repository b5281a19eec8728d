import { isRefusal } from "../refusal";
import { oneLine } from "../text";
import { connectTo } from "./connections";
import type { Answer, LoginQuestion } from "./contract";

/** Tries every login at once, and reports each. What is neither let in nor told no, because nobody answers, proves nothing. */
export async function probeLogins(
  questions: readonly LoginQuestion[],
  name: string,
  report: (answer: Answer) => void,
): Promise<void> {
  await Promise.all(questions.map(async (question) => report(await login(question, name))));
}

async function login({ id, address, tls, creds }: LoginQuestion, name: string): Promise<Answer> {
  try {
    const connection = await connectTo(address, { tls, creds, name });
    const { server_name, version } = connection.info ?? {};
    await connection.close();
    return { id, observed: "accepted", detail: `let in by ${server_name}`, ...(version ? { version } : {}) };
  } catch (error) {
    const detail = oneLine((error as Error).message);
    return { id, observed: (await isRefusal(error, address)) ? "refused" : "unknown", detail };
  }
}
