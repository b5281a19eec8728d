import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  AppsV1Api,
  NetworkingV1Api,
  RbacAuthorizationV1Api,
  setHeaderOptions,
  type V1NetworkPolicy,
} from "@kubernetes/client-node";
import { kubeConfig } from "../../commands/kubernetes";
import type { Cell } from "../../commands/prove-isolation/cells";
import { formatTables } from "../../commands/prove-isolation/print-tables";
import type { ProofReport } from "../../commands/prove-isolation/report";
import { restrictedContainer, restrictedPod } from "../../components/pod-security";
import { accountQuestions } from "../../services/isolation-probe/contract";
import { command, startCommand } from "./support/command";
import { core, eventually, target, up } from "./support/platform";
import { downMonitoring, downTenants, tenantsNamespace, upMonitoring, upTenant, withPolicy } from "./support/tenants";

async function prove(...args: readonly string[]): Promise<{ code: number | null; report: ProofReport }> {
  const { code, stdout, stderr } = await command("prove-isolation", {}, "--json", ...args);
  assert.notEqual(stdout, "", stderr);
  return { code, report: JSON.parse(stdout) as ProofReport };
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

  it("turns red where a policy lets everybody in, and where the namespace's default is gone: what no policy is about", async () => {
    const open = (policy: V1NetworkPolicy) => {
      const [client] = policy.spec?.ingress ?? [];
      if (client) client._from = [{ namespaceSelector: {} }];
      return policy;
    };
    const gone = () => undefined;
    const { report } = await withPolicy(acmePolicy, open, () => withPolicy("default-deny", gone, () => prove()));
    const elsewhere = ids.map((id) => `as ${id}, elsewhere`);
    const others = ["as globex", "as initech", ...elsewhere, "unlabelled", "monitoring"];
    assertWrong(report, [
      ...others.flatMap((row) => both(`${row} → nats-acme-1 4222`, "open")),
      ...["as acme", ...others].map((row) => `${row} → bystander a port: open`),
    ]);
  });

  it("is not got round by what looks like an instance: nobody but the tenants' own stacks makes such a pod", async () => {
    const rules = [
      { apiGroups: [""], resources: ["pods"], verbs: ["create"] },
      { apiGroups: ["apps"], resources: ["deployments"], verbs: ["create"] },
    ];
    const rbac = kubeConfig(target).makeApiClient(RbacAuthorizationV1Api);
    const metadata = { name: "deployer" };
    const roleRef = { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: "deployer" };
    const subjects = [{ apiGroup: "rbac.authorization.k8s.io", kind: "User", name: "deployer" }];
    await rbac.createNamespacedRole({ namespace: tenantsNamespace, body: { metadata, rules } });
    await rbac.createNamespacedRoleBinding({ namespace: tenantsNamespace, body: { metadata, roleRef, subjects } });
    const asDeployer = setHeaderOptions("Impersonate-User", "deployer");
    const apps = kubeConfig(target).makeApiClient(AppsV1Api);
    const attempt = { namespace: tenantsNamespace, dryRun: "All" };
    const spec = restingPod();
    const pod = (labels: Record<string, string>) =>
      core().createNamespacedPod({ ...attempt, body: { metadata: { name: "deployed", labels }, spec } }, asDeployer);
    const deployment = (labels: Record<string, string>) =>
      apps.createNamespacedDeployment(
        {
          ...attempt,
          body: {
            metadata: { name: "deployed" },
            spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec } },
          },
        },
        asDeployer,
      );
    try {
      await eventually("the rights are known", () => pod({ "tenant-id": "acme" }).then(Boolean));
      await deployment({ "tenant-id": "acme" });
      const instance = { app: "nats", "tenant-id": "acme" };
      for (const forge of [pod, deployment]) {
        await assert.rejects(forge(instance), /label app=nats is for instances of tenants, made by their stacks/);
      }
    } finally {
      const deployer = { namespace: tenantsNamespace, name: metadata.name };
      await rbac.deleteNamespacedRoleBinding(deployer);
      await rbac.deleteNamespacedRole(deployer);
    }
  });

  it("removes its objects when it is interrupted", async () => {
    const { ended, interrupt } = startCommand("prove-isolation", {}, "--json");
    await eventually("it has begun", async () => (await programObjects()).length > 0);
    interrupt();
    assert.equal((await ended).code, 130);
    assert.deepEqual(await programObjects(), []);
  });

  it("exits with 2, and says so in JSON, when the usage is wrong", async () => {
    const { code, stdout } = await command("prove-isolation", {}, "--json", "--quiet");
    assert.equal(code, 2);
    assert.match(JSON.parse(stdout).error, /usage: make prove-isolation/);
  });
});

/** A pod as the namespace takes it, that is never run. */
function restingPod() {
  const resources = { requests: { cpu: "10m", memory: "16Mi" }, limits: { cpu: "10m", memory: "16Mi" } };
  const capabilities = { drop: [...restrictedContainer.capabilities.drop] };
  const container = { name: "rest", image: "none", resources };
  return {
    securityContext: restrictedPod,
    containers: [{ ...container, securityContext: { ...restrictedContainer, capabilities } }],
  };
}

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
