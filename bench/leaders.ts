import { jetstreamManager } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/nats-core";

/** How long an election may take, in milliseconds. */
const electionTimeoutMs = 20_000;

/**
 * Makes the server of a connection the leader of a stream: how many hops a publish takes is then no matter of chance.
 * @throws Error if it does not become the leader
 */
export async function moveStreamLeader(connection: NatsConnection, stream: string): Promise<void> {
  const jsm = await jetstreamManager(connection);
  await moveLeader(connection, `STREAM.LEADER.STEPDOWN.${stream}`, () => jsm.streams.info(stream));
}

/** The same for a consumer. */
export async function moveConsumerLeader(connection: NatsConnection, stream: string, consumer: string): Promise<void> {
  const jsm = await jetstreamManager(connection);
  await moveLeader(connection, `CONSUMER.LEADER.STEPDOWN.${stream}.${consumer}`, () =>
    jsm.consumers.info(stream, consumer),
  );
}

async function moveLeader(
  connection: NatsConnection,
  stepDown: string,
  info: () => Promise<{ cluster?: { leader?: string } }>,
): Promise<void> {
  const preferred = connection.info?.server_name ?? "";
  const deadline = performance.now() + electionTimeoutMs;
  for (;;) {
    const leader = await info().then(
      ({ cluster }) => cluster?.leader,
      () => undefined,
    );
    if (leader === preferred) return;
    if (performance.now() > deadline) throw new Error(`${preferred} does not become the leader: ${stepDown}`);
    // Refused while there is no leader yet, or while it has no peer that is current: asked again then.
    if (leader) {
      const request = JSON.stringify({ placement: { preferred } });
      await connection.request(`$JS.API.${stepDown}`, request, { timeout: 5_000 }).catch(() => {});
    }
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}
