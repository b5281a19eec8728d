import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { mock } from "node:test";
import type { Cell } from "../../commands/prove-isolation/cells";
import type { Outputs } from "../../commands/prove-isolation/discover";
import { reportProof } from "../../commands/prove-isolation/print";
import { type ProofOptions, proveIsolation } from "../../commands/prove-isolation/prove";
import { exitCode } from "../../commands/prove-isolation/report";
import { defaultImages } from "../../components/images";
import { LocalKubernetes } from "./isolation-kubernetes";
import { IsolationServers } from "./isolation-servers";

const outputs: Outputs = {
  tenancy: {
    platformNamespace: "nats",
    accountsNamespace: "nats-accounts",
    tenantsNamespace: "vrsky-tenants",
    monitoringNamespace: "vrsky-monitoring",
    metrics: false,
    images: defaultImages,
  },
  platform: { leafnodes: false },
};

/** The whole command, on an API server that runs its pods as processes: everything but a network with policies. */
describe("prove-isolation, without a cluster", () => {
  let servers: IsolationServers;
  let kubernetes: LocalKubernetes;
  let options: ProofOptions;

  before(async () => {
    servers = await IsolationServers.start();
  });

  after(() => servers.stop());

  beforeEach(async () => {
    kubernetes = new LocalKubernetes();
    await kubernetes.start();
    addEnvironment(kubernetes, servers);
    options = { kubeconfig: kubernetes.kubeconfig, context: "here", stack: "dev", outputs };
  });

  afterEach(() => kubernetes.stop());

  const left = () =>
    ["pods", "configmaps", "networkpolicies", "namespaces"].flatMap((resource) =>
      kubernetes.names(resource).filter((name) => name.includes("prove-")),
    );

  it("finds the tenants, asks every cell, and names where and of what", async () => {
    const report = await proveIsolation(options);
    assert.deepEqual(
      report.cells.filter(({ observed }) => observed === "not run"),
      [],
    );
    const wrong = report.cells.filter(({ ok }) => !ok);
    // There are no policies here, so every server is reached from everywhere; nothing else is wrong.
    assert.deepEqual(
      wrong.filter((cell) => !isReached(cell)),
      [],
    );
    assert.equal(exitCode(report), 1);
    const { run } = report;
    assert.equal(run.cluster, `http://127.0.0.1:${new URL(run.cluster).port}`);
    assert.deepEqual([run.context, run.stack, run.kubernetes], ["here", "dev", "v1.36.3"]);
    assert.match(run.natsServer.join(), /^2\.\d+\.\d+$/);
    assert.deepEqual(
      report.tenants.map(({ id, instances, role }) => [id, instances, role]),
      [
        ["acme", ["nats-acme-1"], "admin"],
        ["globex", ["nats-globex-1"], "admin"],
        ["initech", [], "worker"],
      ],
    );
  });

  it("leaves nothing in the cluster, and reads no creds outside of pods", async () => {
    const lines: string[] = [];
    await proveIsolation({ ...options, onProgress: (line) => lines.push(line) });
    assert.deepEqual(left(), []);
    assert.deepEqual(kubernetes.readSecrets, []);
    const namespaces = kubernetes.created.filter((object) => object.startsWith("namespaces"));
    assert.equal(namespaces.length, 2);
    const pods = kubernetes.created.filter((object) => object.startsWith("pods"));
    // The bystander is nothing that asks.
    assert.equal(pods.length, 12);
    assert.match(lines[0] ?? "", /^3 tenants, \d+ questions, 11 pods$/);
    assert.equal(lines.length, 12);
    assert.doesNotMatch(lines.join(), /eyJ|failed/);
  });

  it("prints the report and writes it to a folder", async () => {
    const folder = mkdtempSync(join(tmpdir(), "nats-platform-report-"));
    const [stdout, stderr] = [mock.method(process.stdout, "write", () => true), mock.method(process.stderr, "write")];
    stderr.mock.mockImplementation(() => true);
    try {
      assert.equal(await reportProof(options, { json: true, folder }), 1);
      const printed = stdout.mock.calls.map(({ arguments: [text] }) => String(text));
      assert.equal(printed.length, 1);
      assert.deepEqual(JSON.parse(readFileSync(join(folder, "report.json"), "utf8")), JSON.parse(printed[0] ?? ""));
      assert.match(readFileSync(join(folder, "report.md"), "utf8"), /^# Isolation of tenants: dev$/m);
    } finally {
      mock.restoreAll();
      rmSync(folder, { recursive: true });
    }
  });

  it("uses the environment's own monitoring namespace, and leaves it", async () => {
    const labels = { "nats-platform/monitoring": "true" };
    kubernetes.add("namespaces", "", "vrsky-monitoring", { metadata: { labels } });
    await proveIsolation(options);
    assert.ok(kubernetes.created.some((object) => object.startsWith("pods vrsky-monitoring/")));
    assert.equal(kubernetes.created.filter((object) => object.startsWith("namespaces")).length, 1);
    assert.ok(kubernetes.names("namespaces").includes("/vrsky-monitoring"));
  });

  it("removes everything when it is interrupted", async () => {
    const abort = new AbortController();
    const ended = proveIsolation({
      ...options,
      signal: abort.signal,
      onProgress: (line) => line.startsWith("[1/") && abort.abort(new Error("interrupted")),
    });
    await assert.rejects(ended, /interrupted/);
    assert.ok(kubernetes.created.some((object) => object.startsWith("pods")));
    assert.deepEqual(left(), []);
  });

  it("removes what a killed run has left, and not what another has just made", async () => {
    const mark = (owner: string) => ({
      labels: { "nats-platform/program": "prove-old" },
      annotations: { "nats-platform/started-by": owner },
      creationTimestamp: new Date().toISOString(),
    });
    kubernetes.add("namespaces", "", "prove-old-foreign", { metadata: mark(`${hostname()}/999999999`) });
    kubernetes.add("namespaces", "", "prove-other-foreign", { metadata: mark("elsewhere/1") });
    await proveIsolation(options);
    assert.deepEqual(left(), ["/prove-other-foreign"]);
  });

  it("is no proof, and says why, when pods are refused", async () => {
    kubernetes.refused.set("pods", 'pods "prove" is forbidden: exceeded quota: tenants');
    await assert.rejects(proveIsolation(options), /no pod can be run in namespace vrsky-tenants: .*exceeded quota/);
    assert.deepEqual(left(), []);
  });

  it("cannot be run without a right to make namespaces, or without a tenant", async () => {
    kubernetes.refused.set("namespaces", "namespaces is forbidden");
    await assert.rejects(proveIsolation(options), /namespaces is forbidden/);
    const none = { ...outputs.tenancy, tenantsNamespace: "elsewhere", accountsNamespace: "elsewhere" };
    await assert.rejects(
      proveIsolation({ ...options, outputs: { ...outputs, tenancy: none } }),
      /environment dev has no tenant: .*make tenant-up TENANT=<id>/,
    );
  });
});

function isReached({ part, expected, observed }: Cell): boolean {
  return part === "network" && expected === "closed" && observed === "open";
}

/** The objects that an environment with these servers would have. */
function addEnvironment(kubernetes: LocalKubernetes, servers: IsolationServers): void {
  const { platform, tenants } = servers.environment;
  const base64 = (text: string) => Buffer.from(text).toString("base64");
  const serverLabels = {
    "app.kubernetes.io/component": "nats",
    "app.kubernetes.io/instance": "nats",
    "app.kubernetes.io/name": "nats",
  };
  kubernetes.add("services", "nats", "nats", { spec: { clusterIP: platform.target.host } });
  for (const { name, ip } of platform.target.pods) {
    kubernetes.add("pods", "nats", name, {
      metadata: { labels: serverLabels },
      status: { phase: "Running", podIP: ip },
    });
  }
  kubernetes.add("secrets", "nats", "nats-system-creds", {
    data: { "nats.creds": base64(servers.identity.creds.SYS) },
  });
  for (const { id, account, instances } of tenants) {
    const labels = { "nats-platform/tenant": id };
    const annotations = { "nats-platform/account-id": account ?? "" };
    kubernetes.add("secrets", "nats-accounts", `nats-account-tenant-${id}`, { metadata: { labels, annotations } });
    const role = id === "initech" ? "worker" : "admin";
    kubernetes.add("secrets", "vrsky-tenants", `nats-${id}-${role}-creds`, {
      metadata: { labels: { ...labels, "nats-platform/user": role, "nats-platform/role": role } },
      data: { "nats.creds": base64(servers.identity.creds[id as "acme"]) },
    });
    for (const { name, host, pods } of instances) {
      const own = { ...labels, app: "nats", "tenant-id": id, "instance-num": "1" };
      kubernetes.add("services", "vrsky-tenants", name, { metadata: { labels: own }, spec: { clusterIP: host } });
      for (const { name: pod, ip } of pods) {
        const status = { phase: "Running", podIP: ip };
        kubernetes.add("pods", "vrsky-tenants", pod, { metadata: { labels: own }, status });
      }
    }
  }
}
