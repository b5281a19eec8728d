import type { NatsConnection } from "@nats-io/nats-core";
import { ports } from "../../components/platform/ports";
import { ensureTools, tool } from "../../local/tools";
import type { TestAccount, TestOperator } from "../../local/world/identity";
import { TestFleet, type TestServer } from "../../local/world/servers";
import { runCommand } from "../command";

const subjects = {
  update: "$SYS.REQ.CLAIMS.UPDATE",
  lookup: (account: string) => `$SYS.REQ.ACCOUNT.${account}.CLAIMS.LOOKUP`,
} as const;

/** Milliseconds the servers have to answer a request. */
const answerMs = 10_000;

/**
 * Accounts as people push them who have no account-sync: a request for each, the next once all servers have answered.
 * At its best, over a connection that stays open and by somebody who knows how many servers there are.
 */
export class OneByOne {
  private constructor(
    readonly fleet: TestFleet,
    /** Instance of a tenant: a server of its own, which takes a push of its own. */
    readonly instance: TestServer,
    private readonly toPlatform: NatsConnection,
    private readonly toInstance: NatsConnection,
    private readonly creds: string,
  ) {}

  /** Starts servers like those account-sync works on, with the same operator. */
  static async start(operator: TestOperator, tenant: TestAccount): Promise<OneByOne> {
    const systemJwt = operator.system.jwt();
    const fleet = await TestFleet.start(operator, systemJwt, {});
    try {
      const preload = new Map([
        [operator.system.id, systemJwt],
        [tenant.id, tenant.jwt({ issuedAt: 1_700_000_000 })],
      ]);
      const instance = fleet.instance("nats-peer-1", preload);
      await instance.start();
      const user = operator.system.user();
      const connections = await Promise.all([platformServer(fleet).connect(user), instance.connect(user)]);
      return new OneByOne(fleet, instance, ...connections, fleet.file("system.creds", user.creds));
    } catch (error) {
      await fleet.stop();
      throw error;
    }
  }

  /** Pushes an account to the platform's servers. @throws {Error} if one does not answer, or refuses */
  async push(jwt: string): Promise<void> {
    await push(this.toPlatform, jwt, this.fleet.platform.length);
  }

  /** Pushes an account to the platform's servers, then to the instance. */
  async pushEverywhere(jwt: string): Promise<void> {
    await this.push(jwt);
    await push(this.toInstance, jwt, 1);
  }

  /** Looks an account up on the platform's servers. @throws {Error} if one of them holds anything else */
  async verify(account: TestAccount, jwt: string): Promise<void> {
    const copies = await answers(this.toPlatform, subjects.lookup(account.id), "", this.fleet.platform.length);
    if (copies.some((copy) => copy !== jwt)) throw new Error(`a server holds another JWT of ${account.name}`);
  }

  /** Pushes an account to the platform's servers by a command of the `nats` CLI. */
  async pushByCommand(jwt: string, signal: AbortSignal): Promise<void> {
    await ensureTools(["natscli"]);
    const { address } = platformServer(this.fleet);
    const where = ["--server", `nats://${address}:${ports.client}`, "--creds", this.creds];
    const replies = ["--replies", String(this.fleet.platform.length)];
    const { stdout } = await runCommand(
      tool("nats"),
      [...where, "request", subjects.update, jwt, "--raw", ...replies],
      {
        signal,
      },
    );
    const taken = stdout.match(/"code":200/g)?.length ?? 0;
    if (taken !== this.fleet.platform.length)
      throw new Error(`nats request: ${taken} servers took the account: ${stdout}`);
  }

  async stop(): Promise<void> {
    await Promise.allSettled([this.toPlatform.close(), this.toInstance.close()]);
    await this.fleet.stop();
  }
}

function platformServer({ platform }: TestFleet): TestServer {
  const [server] = platform;
  if (!server) throw new Error("the platform has no server");
  return server;
}

async function push(connection: NatsConnection, jwt: string, servers: number): Promise<void> {
  for (const answer of await answers(connection, subjects.update, jwt, servers)) {
    const { error } = JSON.parse(answer) as { error?: { description?: string } };
    if (error) throw new Error(`a server refuses an account: ${error.description}`);
  }
}

async function answers(connection: NatsConnection, subject: string, body: string, servers: number): Promise<string[]> {
  const options = { strategy: "count", maxMessages: servers, maxWait: answerMs } as const;
  const found: string[] = [];
  for await (const message of await connection.requestMany(subject, body, options)) found.push(message.string());
  if (found.length !== servers) throw new Error(`${found.length} of ${servers} servers answered to ${subject}`);
  return found;
}
