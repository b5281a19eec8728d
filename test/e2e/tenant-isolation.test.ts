import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { NetworkingV1Api, type V1NetworkPolicy } from "@kubernetes/client-node";
import { kubeConfig } from "../../commands/kubernetes";
import type { Cell } from "../../commands/prove-isolation/cells";
import { formatTables } from "../../commands/prove-isolation/print-tables";
import type { ProofReport } from "../../commands/prove-isolation/report";
import { projectRoot } from "../../commands/target";
import { accountQuestions } from "../../services/isolation-probe/contract";
import { cluster, core, eventually, target, up } from "./support/platform";
import { downMonitoring, downTenants, upMonitoring, upTenant, withPolicy } from "./support/tenants";

/** Starts the command as `make prove-isolation` does. */
function startCli(args: readonly string[] = []): ChildProcess {
  return spawn(process.execPath, ["--require", "tsx/cjs", "commands/prove-isolation/main.ts", "--json", ...args], {
    cwd: projectRoot,
    env: { ...process.env, NATS_PLATFORM_CLUSTER: cluster, STACK: "dev", KUBECONTEXT: undefined, REPORT: undefined },
    stdio: ["ignore", "pipe", "inherit"],
  });
}

async function prove(...args: readonly string[]): Promise<{ code: number | null; report: ProofReport }> {
  const cli = startCli(args);
  let stdout = "";
  cli.stdout?.on("data", (chunk) => {
    stdout += chunk;
  });
  await once(cli, "close");
  return { code: cli.exitCode, report: JSON.parse(stdout) as ProofReport };
}

/** A cell without the names of pods, which change. */
function place({ row, target, question, address }: Cell): string {
  const at = address === undefined ? "" : address === "service" ? " service" : " pod";
  return `${row} → ${target} ${question}${at}`;
}

/** Wrong cells, each with what was observed. */
function wrong({ cells }: ProofReport): string[] {
  return cells.filter(({ ok }) => !ok).map((cell) => `${place(cell)}: ${cell.observed}`);
}

/** Fails with the cells that differ from those expected, with their details. */
function assertWrong(report: ProofReport, expected: readonly string[]): void {
  const details = report.cells
    .filter(({ ok }) => !ok)
    .map((cell) => `${place(cell)}: ${cell.observed}: ${cell.detail}`);
  assert.deepEqual(wrong(report).sort(), [...expected].sort(), details.join("\n"));
}

/** What runs have in the cluster, wherever. */
async function programObjects(): Promise<string[]> {
  const query = { labelSelector: "nats-platform/program" };
  const networking = kubeConfig(target).makeApiClient(NetworkingV1Api);
  const lists = await Promise.all([
    core().listPodForAllNamespaces(query),
    core().listConfigMapForAllNamespaces(query),
    networking.listNetworkPolicyForAllNamespaces(query),
    core().listNamespace(query),
  ]);
  return lists.flatMap(({ items }) => items.map(({ metadata }) => metadata?.name ?? ""));
}

const both = (cell: string, observed: string) => [`${cell} service: ${observed}`, `${cell} pod: ${observed}`];
const servers = ["service", "pod", "pod", "pod"];
const ids = ["acme", "globex", "initech"];
const acmePolicy = "tenant-nats-isolation-acme";

describe("isolation of three tenants", () => {
  before("up", async () => {
    await up();
    await upMonitoring();
    await Promise.all(ids.map((id) => upTenant(id, { instances: 1 })));
  });

  after("the tenants are gone", async () => {
    await downTenants(...ids);
    await downMonitoring();
  });

  it("is proved: every row reaches what it should, and nothing else", async () => {
    const folder = mkdtempSync(join(tmpdir(), "nats-platform-proof-"));
    try {
      const { code, report } = await prove("--report", folder);
      process.stdout.write(`${formatTables(report.cells, { color: false, width: 160 })}\n${report.run.seconds} s\n`);
      assertWrong(report, []);
      assert.equal(code, 0);
      assertOpen(report);
      assertAsked(report);
      assert.deepEqual(JSON.parse(readFileSync(join(folder, "report.json"), "utf8")), report);
      const text = readFileSync(join(folder, "report.md"), "utf8");
      for (const name of [report.run.cluster, report.run.kubernetes, "initech"]) {
        assert.ok(text.includes(name), name);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("leaves nothing behind", async () => {
    assert.deepEqual(await programObjects(), []);
  });

  it("turns red where a NetworkPolicy was deleted: what it let through", async () => {
    const { code, report } = await withPolicy(
      acmePolicy,
      () => undefined,
      () => prove(),
    );
    // The namespace denies what no policy allows, so nothing is let through that should not be; metrics have a policy of their own.
    assertWrong(report, [
      ...both("acme → nats-acme-1 4222", "closed"),
      ...both("as acme → nats-acme-1 4222", "closed"),
      ...both("monitoring → nats-acme-1 8222", "closed"),
      ...["creds of acme", "creds of globex", "creds of initech", "no creds"].map(
        (creds) => `${creds} → nats-acme-1 login pod: unknown`,
      ),
    ]);
    assert.equal(code, 1);
  });

  it("turns red where the namespace's default is gone: what no policy is about", async () => {
    const { report } = await withPolicy(
      "default-deny",
      () => undefined,
      () => prove(),
    );
    const others = ["as acme", "as globex", "as initech", "as acme, elsewhere", "as globex, elsewhere"];
    assertWrong(
      report,
      [...others, "as initech, elsewhere", "unlabelled", "monitoring"].map((row) => `${row} → bystander a port: open`),
    );
  });

  it("turns red where a label was widened: whoever has any tenant's label", async () => {
    const widened = (policy: V1NetworkPolicy) => {
      const [client] = policy.spec?.ingress ?? [];
      if (client) client._from = [{ podSelector: { matchExpressions: [{ key: "tenant-id", operator: "Exists" }] } }];
      return policy;
    };
    const { code, report } = await withPolicy(acmePolicy, widened, () => prove());
    // Pods that are globex's by right are kept from acme's by their own policies as well.
    assertWrong(report, [
      ...both("as globex → nats-acme-1 4222", "open"),
      ...both("as initech → nats-acme-1 4222", "open"),
    ]);
    assert.equal(code, 1);
  });

  it("turns red where a policy lets everybody in", async () => {
    const open = (policy: V1NetworkPolicy) => {
      const [client] = policy.spec?.ingress ?? [];
      if (client) client._from = [{ namespaceSelector: {} }];
      return policy;
    };
    const { report } = await withPolicy(acmePolicy, open, () => prove());
    const others = ["as globex", "as initech", "as acme, elsewhere", "as globex, elsewhere", "as initech, elsewhere"];
    assertWrong(
      report,
      [...others, "unlabelled", "monitoring"].flatMap((row) => both(`${row} → nats-acme-1 4222`, "open")),
    );
  });

  it("is proved again afterwards", async () => {
    assertWrong((await prove()).report, []);
  });

  it("removes its objects when it is interrupted", async () => {
    const cli = startCli();
    await eventually("it has begun", async () => (await programObjects()).length > 0);
    cli.kill("SIGINT");
    await once(cli, "close");
    assert.equal(cli.exitCode, 130);
    assert.deepEqual(await programObjects(), []);
  });

  it("exits with 2, and says so in JSON, when the usage is wrong", async () => {
    const cli = startCli(["--quiet"]);
    let stdout = "";
    cli.stdout?.on("data", (chunk) => {
      stdout += chunk;
    });
    await once(cli, "close");
    assert.equal(cli.exitCode, 2);
    assert.match(JSON.parse(stdout).error, /usage: make prove-isolation/);
  });
});

/** The matrix of the network, by hand: what is open to each row. Everything else in it is closed. */
function assertOpen({ cells }: ProofReport): void {
  const platform = (...ports: number[]) => ports.flatMap((port) => servers.map((at) => `nats ${port} ${at}`));
  const monitored = ["nats-acme-1", "nats-globex-1", "nats-initech-1"].flatMap((name) => [
    `${name} 8222 service`,
    `${name} 8222 pod`,
    `${name} 7777 pod`,
  ]);
  const own = (id: string) => [`nats-${id}-1 4222 service`, `nats-${id}-1 4222 pod`];
  const expected: Record<string, string[]> = {
    acme: [...own("acme"), ...platform(4222)],
    globex: [...own("globex"), ...platform(4222)],
    initech: [...own("initech"), ...platform(4222)],
    "as acme": [...own("acme"), ...platform(4222, 7422)],
    "as globex": [...own("globex"), ...platform(4222, 7422)],
    "as initech": [...own("initech"), ...platform(4222, 7422)],
    "as acme, elsewhere": [],
    "as globex, elsewhere": [],
    "as initech, elsewhere": [],
    unlabelled: [],
    monitoring: [...monitored, ...platform(8222, 7777).filter((place) => place.endsWith("pod"))],
  };
  const network = cells.filter(({ part }) => part === "network");
  const open = Object.fromEntries(
    Object.keys(expected).map((row) => [
      row,
      network
        .filter((cell) => cell.row === row && cell.observed === "open")
        .map((cell) => place(cell).replace(`${row} → `, ""))
        .sort(),
    ]),
  );
  assert.deepEqual(open, Object.fromEntries(Object.entries(expected).map(([row, places]) => [row, places.sort()])));
  // Three instances with two addresses and four ports, four addresses of the platform with five; the bystander.
  assert.equal(network.length, Object.keys(expected).length * (3 * 2 * 4 + 4 * 5 + 1));
  assert.deepEqual(new Set(network.map(({ observed }) => observed)), new Set(["open", "closed"]));
}

/** Between accounts and at logins, everything was asked, and answered. */
function assertAsked({ cells, tenants, coverage }: ProofReport): void {
  const accounts = cells.filter(({ part }) => part === "accounts");
  assert.equal(accounts.length, 6 * accountQuestions.length);
  assert.deepEqual(new Set(accounts.map(({ observed }) => observed)), new Set(["isolated"]));
  const logins = cells.filter(({ part }) => part === "logins").map(({ observed }) => observed);
  // Own instance and the platform; two other instances; nobody at three instances.
  assert.equal(logins.filter((observed) => observed === "accepted").length, 3 * 2);
  assert.equal(logins.filter((observed) => observed === "refused").length, 3 * 2 + 3);
  assert.deepEqual(
    tenants.map(({ id, role }) => `${id} ${role}`),
    ["acme admin", "globex admin", "initech admin"],
  );
  assert.deepEqual(coverage, ["3 tenants, each tried against every other."]);
}
