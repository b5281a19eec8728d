import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Environment, Target, TenantFacts } from "../../commands/prove-isolation/environment";
import { ports } from "../../components/platform/ports";
import { ensureTools, tool } from "../../local/tools";
import { createIsolationIdentity, type Holes, type IsolationIdentity } from "./isolation-identity";

/** How an environment differs from a sound one. */
export interface Faults {
  readonly holes?: Holes;
  /** acme's instance lets everybody in. */
  readonly openInstance?: boolean;
}

/** Three clustered servers with JetStream and an instance each of acme and globex, with the ports they have in a cluster, on addresses of their own. */
export class IsolationServers {
  private readonly dir = mkdtempSync(join(tmpdir(), "nats-platform-isolation-"));
  private readonly network = `127.${100 + Math.floor(Math.random() * 100)}.${Math.floor(Math.random() * 250)}`;
  private readonly processes = new Map<string, ChildProcess>();

  private constructor(
    readonly identity: IsolationIdentity,
    private readonly faults: Faults,
  ) {}

  /** Starts them and waits until each is healthy. */
  static async start(faults: Faults = {}): Promise<IsolationServers> {
    await ensureTools(["nats-server"]);
    const servers = new IsolationServers(await createIsolationIdentity(faults.holes), faults);
    try {
      await servers.launch();
      return servers;
    } catch (error) {
      await servers.stop();
      throw error;
    }
  }

  /** What would be found of them in a cluster. */
  get environment(): Environment {
    const tenant = (id: "acme" | "globex" | "initech", instances: readonly Target[]): TenantFacts => ({
      id,
      account: this.identity.accounts[id].id,
      egress: "restricted",
      creds: { user: "test", role: "admin", secret: `nats-${id}-test-creds` },
      instances,
    });
    return {
      namespaces: { platform: "nats", tenants: "vrsky-tenants", monitoring: "vrsky-monitoring" },
      platform: { target: this.target("nats", [1, 2, 3]), leafnodes: false },
      metrics: false,
      tenants: [
        tenant("acme", [this.target("nats-acme-1", [4])]),
        tenant("globex", [this.target("nats-globex-1", [5])]),
        tenant("initech", []),
      ],
    };
  }

  /** Folder with creds as probes have them mounted, some in place of those they should be. */
  credsDir(others: Readonly<Record<string, string>> = {}): string {
    const dir = mkdtempSync(join(this.dir, "creds-"));
    const { SYS: system, ...tenants } = this.identity.creds;
    for (const [folder, text] of Object.entries({ system, ...tenants, ...others })) {
      mkdirSync(join(dir, folder));
      writeFileSync(join(dir, folder, "nats.creds"), text, { mode: 0o600 });
    }
    return dir;
  }

  /** An address where nobody listens. */
  get nobody(): string {
    return this.address(99);
  }

  /** The address of a server: 1 to 3 the platform's, 4 acme's instance, 5 globex's. */
  address(index: number): string {
    return `${this.network}.${index}`;
  }

  /** Makes a server hang: its sockets stay open, and nothing answers. */
  freeze(name: string): void {
    this.processes.get(name)?.kill("SIGSTOP");
  }

  thaw(name: string): void {
    this.processes.get(name)?.kill("SIGCONT");
  }

  async stop(): Promise<void> {
    await Promise.all(
      [...this.processes.values()].map(async (process) => {
        if (process.exitCode !== null || process.signalCode !== null) return;
        process.kill("SIGKILL");
        await once(process, "exit");
      }),
    );
    rmSync(this.dir, { recursive: true, force: true });
  }

  private target(name: string, indexes: readonly number[]): Target {
    const pods = indexes.map((index) => ({ name: `${name}-pod-${index}`, ip: this.address(index) }));
    return { name, host: pods[0]?.ip ?? "", pods };
  }

  private async launch(): Promise<void> {
    const { operatorJwt, accounts } = this.identity;
    const operatorMode = (dir: string, preload: readonly { id: string; jwt: string }[]) => `
      operator: ${operatorJwt}
      system_account: ${accounts.SYS.id}
      resolver { type: full, dir: "${dir}/jwt", allow_delete: true, interval: "2m" }
      resolver_preload: {\n${preload.map(({ id, jwt }) => `${id}: ${jwt}`).join("\n")}\n}`;
    const routes = [1, 2, 3].map((peer) => `nats://${this.address(peer)}:${ports.cluster}`).join(", ");
    const platform = [1, 2, 3].map((index) =>
      this.run(`nats-${index}`, index, (dir) => [
        `jetstream { store_dir: "${dir}/js", max_mem: 16M, max_file: 64M }`,
        `cluster { name: test, listen: "${this.address(index)}:${ports.cluster}", routes: [${routes}] }`,
        operatorMode(dir, Object.values(accounts)),
      ]),
    );
    const open = "accounts { ALL { users [ { user: all, password: all } ] } }\nno_auth_user: all";
    const acme = this.run("acme", 4, (dir) => [
      this.faults.openInstance ? open : operatorMode(dir, [accounts.acme, accounts.SYS]),
    ]);
    const globex = this.run("globex", 5, (dir) => [operatorMode(dir, [accounts.globex, accounts.SYS])]);
    await Promise.all([...platform, acme, globex]);
  }

  private async run(name: string, index: number, config: (dir: string) => string[]): Promise<void> {
    const dir = join(this.dir, name);
    mkdirSync(dir);
    const host = this.address(index);
    const common = [`server_name: ${name}`, `listen: "${host}:${ports.client}"`, `http: "${host}:${ports.monitoring}"`];
    const file = join(dir, "nats.conf");
    writeFileSync(file, [...common, ...config(dir)].join("\n"), { mode: 0o600 });
    const log = join(dir, "log");
    const process = spawn(tool("nats-server"), ["-c", file, "-l", log], { stdio: "ignore" });
    this.processes.set(name, process);
    const deadline = Date.now() + 60_000;
    while (!(await healthy(`http://${host}:${ports.monitoring}/healthz`))) {
      if (process.exitCode !== null || Date.now() > deadline) {
        throw new Error(`${name} is not healthy: ${readFileSync(log, "utf8")}`);
      }
      await sleep(100);
    }
  }
}

function healthy(url: string): Promise<boolean> {
  return fetch(url).then(
    ({ ok }) => ok,
    () => false,
  );
}
