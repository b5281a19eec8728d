import { createHash } from "node:crypto";
import type { NatsConnection } from "@nats-io/nats-core";
import { tombstonesSecretName } from "../../components/account-sync/names";
import {
  accountFinalizer,
  accountIdAnnotation,
  accountLabel,
  instanceLabels,
  serverLabels,
  tenantLabel,
} from "../../components/labels";
import type { AccountServerStatus, AccountStatus } from "../../services/account-sync/status";
import { type TestAccount, TestOperator, type Version } from "../world/identity";
import { FakeKubernetes } from "../world/kubernetes";
import { type FleetOptions, TestFleet, type TestServer } from "../world/servers";
import { until } from "../world/until";
import { AccountSyncReplica, installAccountSync } from "./service";

const namespaces = { platform: "nats", accounts: "nats-accounts", tenants: "vrsky-tenants" } as const;

/** Everything account-sync lives among: three clustered servers, an API server, two replicas of the service. */
export class World {
  readonly kubernetes = new FakeKubernetes();
  readonly replicas: AccountSyncReplica[] = [];
  private versions = 0;

  private constructor(
    readonly operator: TestOperator,
    readonly fleet: TestFleet,
    private readonly systemJwt: string,
  ) {}

  /** Starts it all and waits until both replicas are ready and one of them leads. */
  static async start(faults: FleetOptions = {}): Promise<World> {
    const operator = new TestOperator();
    const systemJwt = operator.system.jwt();
    const world = new World(operator, await TestFleet.start(operator, systemJwt, faults), systemJwt);
    const { fleet, kubernetes } = world;
    await kubernetes.start();
    kubernetes.put("secrets", { metadata: { name: tombstonesSecretName, namespace: namespaces.accounts } });
    world.putSecret(operator.system, { jwt: systemJwt });
    for (const server of fleet.platform) world.addPod(server);
    const program = await installAccountSync("service", fleet.folder("service"));
    const env = {
      KUBECONFIG: fleet.file("kubeconfig", kubernetes.kubeconfig()),
      PLATFORM_NAMESPACE: namespaces.platform,
      ACCOUNTS_NAMESPACE: namespaces.accounts,
      TENANTS_NAMESPACE: namespaces.tenants,
      OPERATOR_JWT: operator.jwt,
      JETSTREAM: "true",
      CREDS_FILE: fleet.file("nats.creds", operator.accountSync().creds),
      ...(faults.tls ? { TLS_SERVER_NAME: "localhost", TLS_CA_FILE: faults.tls.ca } : {}),
    };
    for (const index of [0, 1]) {
      const replica = new AccountSyncReplica(`account-sync-${index}`, fleet.address(), program, env);
      world.replicas.push(replica);
      replica.start();
    }
    await until("both replicas are ready", async () =>
      (await Promise.all(world.replicas.map((replica) => replica.isReady()))).every(Boolean),
    );
    await world.leader();
    return world;
  }

  /** The replica that acts. */
  async leader(): Promise<AccountSyncReplica> {
    let found: AccountSyncReplica | undefined;
    await until("a replica leads", async () => {
      for (const replica of this.replicas) {
        if (replica.isRunning && (await replica.metric("account_sync_leader")) === 1) found = replica;
      }
      return found !== undefined;
    });
    if (!found) throw new Error("nobody leads");
    return found;
  }

  /** Creates or updates the Secret of an account; of a tenant's, when it is called `tenant-<id>`. */
  putAccount(account: TestAccount, version: Version = {}): void {
    // A later version is issued later, as the stacks see to it.
    this.versions += 1;
    const issuedAt = Math.floor(Date.now() / 1000) - 100_000 + this.versions;
    this.putSecret(account, { jwt: account.jwt({ issuedAt, ...version }) });
  }

  /** Creates or updates an account's Secret with any text. */
  putSecret(account: TestAccount, { jwt, id = account.id }: { jwt: string; id?: string }): void {
    const tenant = /^tenant-(.*)$/.exec(account.name)?.[1];
    const data = { "account.jwt": base64(jwt), ...(tenant ? { "delete.jwt": base64(account.deleteJwt()) } : {}) };
    this.kubernetes.put("secrets", {
      metadata: {
        name: secretName(account),
        namespace: namespaces.accounts,
        labels: { [accountLabel]: account.name, ...(tenant ? { [tenantLabel]: tenant } : {}) },
        annotations: { [accountIdAnnotation]: id },
        ...(tenant ? { finalizers: [accountFinalizer] } : {}),
      },
      data,
    });
  }

  deleteSecret(account: TestAccount): void {
    this.kubernetes.delete("secrets", namespaces.accounts, secretName(account));
  }

  hasSecret(account: TestAccount): boolean {
    return this.kubernetes.get("secrets", namespaces.accounts, secretName(account)) !== undefined;
  }

  /** Ids of the accounts with a tombstone. */
  tombstones(): string[] {
    return Object.keys(this.kubernetes.get("secrets", namespaces.accounts, tombstonesSecretName)?.data ?? {});
  }

  /** A running instance of a tenant, preloaded with the account and the system account. */
  async addInstance(account: TestAccount, jwt: string, number = 1): Promise<TestServer> {
    const tenant = account.name.replace(/^tenant-/, "");
    const preload = new Map([
      [this.operator.system.id, this.systemJwt],
      [account.id, jwt],
    ]);
    const server = this.fleet.instance(`nats-${tenant}-${number}`, preload);
    await server.start();
    this.addPod(server, tenant, number);
    return server;
  }

  removePod(server: TestServer, namespace: keyof typeof namespaces): void {
    this.kubernetes.delete("pods", namespaces[namespace], server.name);
  }

  /** A server of the platform. */
  server(index: number): TestServer {
    const found = this.fleet.platform[index];
    if (!found) throw new RangeError(`there is no server ${index}`);
    return found;
  }

  /** SHA-256 of the JWT in the account's Secret, in hex. */
  digestOf(account: TestAccount): string {
    const jwt = this.kubernetes.get("secrets", namespaces.accounts, secretName(account))?.data?.["account.jwt"] ?? "";
    return createHash("sha256").update(Buffer.from(jwt, "base64")).digest("hex");
  }

  /** What the leader says of an account. */
  async statusOf(account: TestAccount): Promise<AccountStatus | undefined> {
    return (await this.leader()).account(account.name);
  }

  /** What the leader says a server has of an account, as its Secret has it now. */
  async stateOn(account: TestAccount, at: TestServer): Promise<AccountServerStatus | undefined> {
    const status = await this.statusOf(account);
    if (status?.digest !== this.digestOf(account)) return undefined;
    return status.servers.find(({ server }) => server === at.name);
  }

  /** Does something as one who has the system account's creds and may do everything. */
  async asSystem(at: TestServer, use: (system: NatsConnection) => Promise<unknown>): Promise<void> {
    const connection = await at.connect(this.operator.system.user());
    await use(connection);
    await connection.close();
  }

  /** Prints the last of what the replicas have logged. */
  printLogs(): void {
    for (const { name, output } of this.replicas) console.log(`${name}\n${output.split("\n").slice(-40).join("\n")}`);
  }

  /** Waits until every running replica says that the account is active as its Secret has it. @returns milliseconds */
  untilActive(account: TestAccount): Promise<number> {
    const digest = this.digestOf(account);
    return until(`${account.name} is active`, async () => {
      const running = this.replicas.filter(({ isRunning }) => isRunning);
      const statuses = await Promise.all(running.map((replica) => replica.account(account.name)));
      return statuses.every((status) => status?.active === true && status.digest === digest);
    });
  }

  async stop(): Promise<void> {
    await Promise.all(this.replicas.map((replica) => replica.kill()));
    await this.fleet.stop();
    await this.kubernetes.stop();
  }

  private addPod(server: TestServer, tenant?: string, number = 1): void {
    this.kubernetes.put("pods", {
      metadata: {
        name: server.name,
        namespace: tenant === undefined ? namespaces.platform : namespaces.tenants,
        labels: tenant === undefined ? { ...serverLabels } : instanceLabels(tenant, number),
      },
      status: { phase: "Running", podIP: server.address },
    });
  }
}

function secretName(account: TestAccount): string {
  return `nats-account-${account.name.toLowerCase()}`;
}

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}
