import { join } from "node:path";
import { ports } from "../../components/platform/ports";
import { TestOperator } from "../world/identity";
import { installProgram, Replica } from "../world/replica";
import { TestFleet, type TestServer } from "../world/servers";
import { until } from "../world/until";
import { AppCluster, calloutNamespace } from "./app-cluster";
import { type AuthAccount, createAuthAccount, createTenant, type Tenant } from "./tenants";
import { audience, TokenIssuer } from "./token-issuer";

/** How a world differs from the usual one. */
export interface WorldOptions {
  /** Replicas that are started, of two. @default 2 */
  readonly replicas?: 1 | 2;
  /** More of the service's environment. */
  readonly env?: Readonly<Record<string, string>>;
}

const calloutProgram = join(__dirname, "../../services/auth-callout/main.ts");

/** Everything the authorization callout lives among: three clustered servers, an API server, two tenants, replicas of the service. */
export class CalloutWorld {
  readonly replicas: Replica[] = [];
  readonly operator = new TestOperator();
  readonly auth: AuthAccount = createAuthAccount(this.operator);
  readonly acme: Tenant = createTenant(this.operator, "acme");
  readonly globex: Tenant = createTenant(this.operator, "globex");
  readonly cluster: AppCluster;
  private fleet_: TestFleet | undefined;

  private constructor(readonly tokens: TokenIssuer) {
    this.cluster = new AppCluster(tokens);
  }

  /** Starts it all, with namespaces `shop` of tenant acme and `lab` of globex, and waits until the replicas are ready. */
  static async start({ replicas = 2, env = {} }: WorldOptions = {}): Promise<CalloutWorld> {
    const world = new CalloutWorld(await TokenIssuer.create());
    const { operator, auth, acme, globex, cluster } = world;
    const preload = new Map([auth, acme, globex].map(({ account }) => [account.id, account.jwt()]));
    const options = { preload, sentinelJwt: auth.sentinel.jwt };
    world.fleet_ = await TestFleet.start(operator, operator.system.jwt(), options);
    await cluster.kubernetes.start();
    for (const tenant of [acme, globex]) cluster.putTenant(tenant);
    cluster.putNamespace("shop", acme.name);
    cluster.putNamespace("lab", globex.name);
    const program = await world.install(calloutProgram, "service");
    for (let index = 0; index < 2; index++) world.addReplica(program, env);
    await Promise.all(world.replicas.slice(0, replicas).map((replica) => world.startReplica(replica)));
    return world;
  }

  get fleet(): TestFleet {
    if (!this.fleet_) throw new Error("the servers are not started");
    return this.fleet_;
  }

  /** Puts a program together that a replica may run. */
  install(entry: string, folder: string): Promise<string[]> {
    return installProgram(entry, this.fleet.folder(folder));
  }

  /** A replica, not started. */
  addReplica(program: readonly string[], env: Readonly<Record<string, string>> = {}): Replica {
    const { auth, fleet } = this;
    const replica = new Replica(`auth-callout-${this.replicas.length}`, fleet.address(), program, {
      KUBECONFIG: fleet.file("kubeconfig", this.cluster.kubernetes.kubeconfig()),
      CALLOUT_NAMESPACE: calloutNamespace,
      AUDIENCE: audience,
      VERIFICATION: "jwks",
      REQUIRE_POD: "true",
      MAPPING: "[]",
      ACCOUNT_ID: auth.account.id,
      SIGNING_FILE: fleet.file("signing.seed", auth.account.signingKey.seed),
      XKEY_FILE: fleet.file("xkeys", `${auth.xkeySeed}\n`),
      NATS_URL: this.url(),
      CREDS_FILE: fleet.file("nats.creds", auth.callout.creds),
      ...env,
    });
    this.replicas.push(replica);
    return replica;
  }

  /** Starts a replica and waits until it is ready. */
  async startReplica(replica: Replica): Promise<void> {
    replica.start();
    await until(`${replica.name} is ready`, async () => {
      if (!replica.isRunning) throw new Error(`${replica.name} ended: ${replica.output}`);
      return replica.isReady();
    });
  }

  server(index: number): TestServer {
    const found = this.fleet.platform[index];
    if (!found) throw new RangeError(`there is no server ${index}`);
    return found;
  }

  /** URL of a server. */
  url(index = 0): string {
    return `nats://${this.server(index).address}:${ports.client}`;
  }

  /** Prints the last of what the replicas have logged. */
  printLogs(): void {
    for (const { name, output } of this.replicas) console.log(`${name}\n${output.split("\n").slice(-40).join("\n")}`);
  }

  async stop(): Promise<void> {
    await Promise.all(this.replicas.map((replica) => replica.kill()));
    await this.fleet_?.stop();
    await this.cluster.kubernetes.stop();
  }
}
