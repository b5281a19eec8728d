import type { NatsConnection } from "@nats-io/nats-core";
import { connectTo } from "../connections";
import type { AccountTenant, Servers } from "../contract";

/** What a tenant's connections on the platform are for: it listens at one server and speaks at another. */
export interface Session {
  readonly tenant: AccountTenant;
  /** Marks what this tenant sends. */
  readonly sender: Sender;
  readonly ears: NatsConnection;
  readonly mouth: NatsConnection;
}

/** Makes the marks that tell whose a message is, wherever it turns up: in a payload, or as the name of a connection in an event. */
export class Sender {
  private readonly pattern: RegExp;

  /** @param index tells it from all others of the run */
  constructor(
    private readonly runId: string,
    private readonly index: number,
  ) {
    this.pattern = new RegExp(`\\b${runId}-${index}-(\\w+)`, "g");
  }

  mark(what: string): string {
    return `${this.runId}-${this.index}-${what}`;
  }

  /** What of this sender's marks a text has. */
  in(text: string): string[] {
    return [...text.matchAll(this.pattern)].map(([, what]) => what ?? "");
  }
}

/** Mark of the connection that tells the witness that all is done. */
export const endMark = "end";

/** Mark of the connection whose login the system account is told of. */
export const loginMark = "login";

/**
 * Opens the connections of a tenant.
 * @throws Error when its creds are missing or refused
 */
export async function openSession(
  tenant: AccountTenant,
  sender: Sender,
  { addresses, tls }: Servers,
): Promise<Session> {
  // Everybody listens at the same server: what it has handed to one of them, it has handed to all who may hear it.
  const [first] = addresses;
  const last = addresses.at(-1);
  if (!first || !last) throw new Error("there is no server of the platform");
  const open = (address: typeof first) => connectTo(address, { tls, creds: tenant.creds, name: sender.mark("probe") });
  const ears = await open(first);
  try {
    return { tenant, sender, ears, mouth: await open(last) };
  } catch (error) {
    await ears.close();
    throw error;
  }
}

/** Signs in under a name that events tell, and out again. */
export async function signIn({ tenant, sender }: Session, mark: string, { addresses, tls }: Servers): Promise<void> {
  const [address] = addresses;
  if (address) await (await connectTo(address, { tls, creds: tenant.creds, name: sender.mark(mark) })).close();
}
