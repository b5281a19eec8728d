import type { Authenticator, NatsConnection } from "@nats-io/nats-core";
import { connect } from "@nats-io/transport-node";
import { natsOptions } from "../../clients/typescript/nats-options";
import type { CalloutWorld } from "../../local/auth-callout/world";
import { until } from "../../local/world/until";

/** Clients that are connected to the server that is restarted. */
export const clients = 1_000;

/** How many connect at a time at first. */
const atATime = 50;

/** Seconds from the end of a server, which is started again at once, until all its clients are back: by tokens, and by creds. */
export async function measureComeback(
  world: CalloutWorld,
  oursFirst: boolean,
  signal: AbortSignal,
): Promise<{ back: number; credsBack: number }> {
  const files: string[] = [];
  for (let index = 0; index < clients; index++) {
    const token = await world.tokens.token(world.cluster.addPod("shop", "web"));
    files.push(world.fleet.file(`token-${index}`, token));
  }
  const user = world.acme.account.user();
  const byToken = () => comeback(world, files, signal);
  const byCreds = () => comeback(world, files, signal, user.authenticator);
  if (oursFirst) return { back: await byToken(), credsBack: await byCreds() };
  const credsBack = await byCreds();
  return { back: await byToken(), credsBack };
}

/** @param instead what clients give in place of their tokens, everything else being the same */
async function comeback(
  world: CalloutWorld,
  files: readonly string[],
  signal: AbortSignal,
  instead?: Authenticator,
): Promise<number> {
  const connections: NatsConnection[] = [];
  const back = new Set<NatsConnection>();
  const left = files.values();
  const open = async () => {
    for (const file of left) {
      signal.throwIfAborted();
      const options = natsOptions({ NATS_URL: world.url(2), NATS_TOKEN_FILE: file }, { warn: () => {} });
      const authenticator: Authenticator = (nonce) => {
        const token = options.authenticator();
        return instead ? instead(nonce) : token;
      };
      // To the one server all the time, or those that find their way to another at first would have nothing to come back from.
      const connection = await connect({ ...options, authenticator, ignoreClusterUpdates: true });
      connections.push(connection);
      void follow(connection, () => back.add(connection));
    }
  };
  try {
    await Promise.all(Array.from({ length: atATime }, open));
    const began = performance.now();
    await world.server(2).kill();
    await world.server(2).start();
    const all = () => {
      signal.throwIfAborted();
      return back.size === files.length;
    };
    await until("all clients are back", all, { timeoutMs: 120_000, pollMs: 5 });
    return (performance.now() - began) / 1_000;
  } finally {
    await Promise.allSettled(connections.map((connection) => connection.close()));
  }
}

async function follow(connection: NatsConnection, onBack: () => void): Promise<void> {
  for await (const { type } of connection.status()) if (type === "reconnect") onBack();
}
