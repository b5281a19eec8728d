import { errors } from "@nats-io/nats-core";

/** How long the news of a new stream may take to every server, in milliseconds. */
const interestMs = 2_000;

/** Sends what a stream just created is to take: again while nobody listens yet, since servers tell each other of its subject after it is created. */
export async function onceHeard<T>(send: () => Promise<T>): Promise<T> {
  const deadline = performance.now() + interestMs;
  for (;;) {
    try {
      return await send();
    } catch (error) {
      if (!isUnheard(error) || performance.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

function isUnheard(error: unknown): boolean {
  if (error instanceof errors.NoRespondersError) return true;
  const cause = error instanceof Error ? error.cause : undefined;
  return cause !== undefined && isUnheard(cause);
}
