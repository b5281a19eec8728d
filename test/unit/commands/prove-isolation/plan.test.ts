import assert from "node:assert/strict";
import type { PlannedCell } from "../../../../commands/prove-isolation/cells";
import type { Environment } from "../../../../commands/prove-isolation/environment";
import { type Plan, planProof } from "../../../../commands/prove-isolation/plan";
import { accountQuestions } from "../../../../services/isolation-probe/contract";
import { environment, tenant } from "./fixtures";

const text = ({ target, address, question }: PlannedCell) => `${target}/${address} ${question}`;

/** What a row of the network's matrix should reach; everything else that it asks is to be closed. */
function open({ cells }: Plan, row: string): string[] {
  return cells.filter((cell) => cell.part === "network" && cell.row === row && cell.expected === "open").map(text);
}

function asked({ cells }: Plan, row: string): string[] {
  return cells.filter((cell) => cell.part === "network" && cell.row === row).map(text);
}

const addresses = (target: string, port: number, ...names: string[]) =>
  names.map((name) => `${target}/${name} ${port}`);
const bystander = { host: "10.244.0.99", port: 34567 };
const servers = ["nats-0", "nats-1", "nats-2"];
const acme = ["nats-acme-1/service", "nats-acme-1/nats-acme-1-x", "nats-acme-2/service", "nats-acme-2/nats-acme-2-x"];
const globex = ["nats-globex-1/service", "nats-globex-1/nats-globex-1-x"];
const clients = addresses("nats", 4222, "service", ...servers);
const leafnodes = addresses("nats", 7422, "service", ...servers);
const on = (port: number) => (address: string) => `${address} ${port}`;

describe("planProof, the network", () => {
  const plan = planProof(environment, "x1", bystander);

  it("has a row for each tenant's pod, each forged label in and outside the tenants' namespace, none, and monitoring", () => {
    assert.deepEqual(
      plan.askers.map(({ row }) => row),
      [
        ...["acme", "globex", "initech"],
        ...["as acme", "as globex"],
        ...["as acme, elsewhere", "as globex, elsewhere"],
        ...["unlabelled", "monitoring"],
      ],
    );
  });

  it("asks every row for every port of every address", () => {
    const ports = (4 + 2) * 4 + 4 * 5 + 1;
    for (const { row } of plan.askers) assert.equal(asked(plan, row).length, ports, row);
    assert.equal(new Set(asked(plan, "acme")).size, ports);
  });

  it("lets a tenant's pod reach its own instances and the platform's client port, and no more", () => {
    assert.deepEqual(open(plan, "acme"), [...acme.map(on(4222)), ...clients]);
    assert.deepEqual(open(plan, "globex"), [...globex.map(on(4222)), ...clients]);
  });

  it("lets a pod that may send anywhere reach leaf nodes too", () => {
    const interleaved = [...clients, ...leafnodes].sort();
    assert.deepEqual(open(plan, "initech").sort(), interleaved);
  });

  it("lets a forged label through in the tenants' namespace, and only to its tenant", () => {
    assert.deepEqual(open(plan, "as globex").sort(), [...globex.map(on(4222)), ...clients, ...leafnodes].sort());
  });

  it("keeps out a forged label from another namespace, and a pod without one", () => {
    for (const row of ["as acme, elsewhere", "as globex, elsewhere", "unlabelled"]) {
      assert.deepEqual(open(plan, row), [], row);
    }
  });

  it("lets monitoring read monitoring and metrics, and nothing else", () => {
    const instances = [...acme, ...globex];
    const pods = instances.filter((address) => !address.endsWith("/service"));
    const platform = servers.map((name) => `nats/${name}`);
    const expected = [
      ...instances.map(on(8222)),
      ...pods.map(on(7777)),
      ...platform.map(on(8222)),
      ...platform.map(on(7777)),
    ];
    assert.deepEqual(open(plan, "monitoring").sort(), expected.sort());
  });

  it("expects nothing of features that are off", () => {
    const without: Environment = {
      ...environment,
      metrics: false,
      platform: { ...environment.platform, leafnodes: false },
    };
    const { cells } = planProof(without, "x1", bystander);
    const ports = new Set(cells.filter(({ expected }) => expected === "open").map(({ question }) => question));
    assert.deepEqual(ports, new Set(["4222", "8222"]));
  });

  it("makes a monitoring namespace where there is none: the platform goes by label, instances by name", () => {
    const made = planProof({ ...environment, monitoring: undefined }, "x1", bystander);
    assert.deepEqual(made.namespaces, [
      { name: "prove-x1-foreign", labels: {} },
      { name: "prove-x1-monitoring", labels: { "nats-platform/monitoring": "true" } },
    ]);
    assert.ok(open(made, "monitoring").length > 0);
    assert.ok(open(made, "monitoring").every((address) => address.startsWith("nats/nats-")));
    assert.deepEqual(plan.namespaces, [{ name: "prove-x1-foreign", labels: {} }]);
    const probe = plan.probes.at(-1);
    assert.equal(probe?.namespace, "vrsky-monitoring");
  });

  it("does not take a namespace that the platform does not know as monitoring for more than it is", () => {
    const unlabelled = planProof({ ...environment, monitoring: { labelled: false } }, "x1", bystander);
    assert.ok(open(unlabelled, "monitoring").every((address) => !address.startsWith("nats/")));
  });

  it("waits for what should be open, and expects servers to speak first where they do", () => {
    const [probe] = plan.probes;
    const ports = probe?.settings.reach?.find(({ hosts }) => "nats-acme-1/service" in hosts)?.ports;
    assert.deepEqual(ports, [
      { port: 4222, greets: true, awaited: true },
      { port: 8222, greets: false, awaited: false },
      { port: 6222, greets: true, awaited: false },
      { port: 7777, greets: false, awaited: false },
    ]);
  });
});

describe("planProof, the pods", () => {
  const plan = planProof(environment, "x1", bystander);
  const probe = (row: string) => {
    const { probe: name } = plan.askers.find((asker) => asker.row === row) ?? {};
    return plan.probes.find((planned) => planned.name === name);
  };

  it("gives each the labels, the namespace and the creds that its row says, and no other creds", () => {
    const facts = (row: string) => {
      const { namespace, labels, client, openEgress, credsSecrets } = probe(row) ?? {};
      return { namespace, tenant: labels?.["tenant-id"], client, openEgress, creds: Object.values(credsSecrets ?? {}) };
    };
    const tenants = { namespace: "vrsky-tenants", client: true };
    const secret = (id: string) => `nats-${id}-admin-creds`;
    assert.deepEqual(facts("acme"), { ...tenants, tenant: "acme", openEgress: false, creds: [secret("acme")] });
    assert.deepEqual(facts("as acme"), {
      ...tenants,
      tenant: "acme",
      openEgress: true,
      creds: [secret("globex"), secret("initech")],
    });
    assert.deepEqual(facts("as acme, elsewhere"), {
      namespace: "prove-x1-foreign",
      client: true,
      tenant: "acme",
      openEgress: true,
      creds: [],
    });
    assert.deepEqual(facts("unlabelled"), {
      namespace: "vrsky-tenants",
      client: false,
      tenant: undefined,
      openEgress: true,
      creds: [],
    });
  });

  it("mounts creds of the system account in the platform's namespace alone", () => {
    const system = [...plan.probes, ...Object.values(plan.accounts ?? {})].filter(({ credsSecrets }) =>
      Object.values(credsSecrets).includes("nats-system-creds"),
    );
    assert.deepEqual(
      system.map(({ namespace }) => namespace),
      ["nats"],
    );
  });

  it("names pods within what a DNS label holds, whatever the tenants are called", () => {
    const long = ["a".repeat(40), `${"a".repeat(39)}b`].map((id) => tenant(id, 1));
    const names = planProof({ ...environment, tenants: long }, "x1", bystander).probes.map(({ name }) => name);
    assert.equal(new Set(names).size, names.length);
    for (const name of names) assert.match(name, /^[a-z0-9]([-a-z0-9]{0,38}[a-z0-9])?$/);
  });

  it("needs no pod to forge the label of a tenant without instances, and one to try the platform from elsewhere", () => {
    const { askers } = planProof({ ...environment, tenants: [tenant("acme", 0)] }, "x1", bystander);
    assert.deepEqual(
      askers.map(({ row }) => row),
      ["acme", "as acme, elsewhere", "unlabelled", "monitoring"],
    );
  });
});

describe("planProof, accounts and creds", () => {
  const plan = planProof(environment, "x1", bystander);
  const logins = ({ cells }: Plan) =>
    cells.filter(({ part }) => part === "logins").map(({ row, target, expected }) => `${row} ${target} ${expected}`);

  it("asks every question about every pair of accounts, and wants each isolated", () => {
    const cells = plan.cells.filter(({ part }) => part === "accounts");
    assert.equal(cells.length, 6 * accountQuestions.length);
    assert.ok(cells.every(({ expected }) => expected === "isolated"));
    assert.deepEqual(
      new Set(cells.filter(({ witness }) => witness).map(({ question }) => question)),
      new Set(["$SYS.>", "$SYS.REQ.*"]),
    );
  });

  it("tries each tenant's creds at its own instances and at others', and none at all", () => {
    assert.deepEqual(logins(plan), [
      "creds of acme nats-acme-1 accepted",
      "creds of acme nats-acme-2 accepted",
      "creds of globex nats-globex-1 accepted",
      "creds of globex nats-acme-1 refused",
      "creds of globex nats-acme-2 refused",
      "creds of initech nats-acme-1 refused",
      "creds of initech nats-acme-2 refused",
      "creds of acme nats-globex-1 refused",
      "creds of initech nats-globex-1 refused",
      "creds of acme nats accepted",
      "creds of globex nats accepted",
      "creds of initech nats accepted",
      "no creds nats-acme-1 refused",
      "no creds nats-acme-2 refused",
      "no creds nats-globex-1 refused",
    ]);
  });

  it("asks an instance by its pods, and by its Service when it has none", () => {
    const bare = tenant("acme", 1);
    const podless = { ...bare, instances: bare.instances.map((instance) => ({ ...instance, pods: [] })) };
    const { cells } = planProof({ ...environment, tenants: [podless, tenant("globex", 1)] }, "x1", bystander);
    const addresses = (name: string) =>
      cells.filter(({ part, target }) => part === "logins" && target === name).map(({ address }) => address);
    assert.deepEqual(new Set(addresses("nats-acme-1")), new Set(["service"]));
    assert.deepEqual(new Set(addresses("nats-globex-1")), new Set(["nats-globex-1-x"]));
  });

  it("leaves out who has no account or no creds that prove anything", () => {
    const tenants = [tenant("acme", 1), tenant("globex", 1, { creds: undefined }), tenant("initech", 1)];
    const { cells, accounts } = planProof({ ...environment, tenants }, "x1", bystander);
    const pairs = cells.filter(({ part }) => part === "accounts").map(({ row, target }) => `${row} ${target}`);
    assert.deepEqual(new Set(pairs), new Set(["acme initech", "initech acme"]));
    assert.deepEqual(Object.keys(accounts?.probe.credsSecrets ?? {}), ["acme", "initech"]);
    assert.ok(!logins({ cells } as Plan).some((login) => login.startsWith("creds of globex")));
  });

  it("has nothing to try between accounts of one tenant", () => {
    const { accounts, cells } = planProof({ ...environment, tenants: [tenant("acme", 1)] }, "x1", bystander);
    assert.equal(accounts, undefined);
    assert.deepEqual(
      cells.filter(({ part }) => part === "accounts"),
      [],
    );
  });

  it("hands the certificate's name to whoever signs in at the platform, not at instances", () => {
    const tls = { serverName: "nats.nats.svc.cluster.local", ca: "PEM" };
    const { probes, accounts } = planProof(
      { ...environment, platform: { ...environment.platform, tls } },
      "x1",
      bystander,
    );
    const logins = probes.flatMap(({ settings }) => settings.logins ?? []);
    assert.deepEqual(
      logins.filter(({ tls }) => tls).map(({ address }) => address.host),
      Array(3).fill("service-of-nats"),
    );
    assert.deepEqual(accounts?.probe.settings.accounts?.servers.tls, tls);
    assert.deepEqual(accounts?.witness.settings.witness?.servers.tls, tls);
  });
});

describe("planProof, many tenants", () => {
  const many = (count: number) => {
    const tenants = Array.from({ length: count }, (_, index) => tenant(`tenant-${String(index).padStart(2, "0")}`, 1));
    return planProof({ ...environment, tenants }, "x1", bystander);
  };

  it("grows with their number, not with its square", () => {
    const [ten, twenty] = [many(10), many(20)];
    assert.equal(twenty.probes.length - ten.probes.length, 30);
    const ofTenants = ({ cells }: Plan) =>
      cells.filter(({ row }) => row !== "unlabelled" && row !== "monitoring").length;
    assert.equal(ofTenants(twenty), 2 * ofTenants(ten));
  });

  it("tells each probe no more than an environment variable holds", () => {
    const { probes, accounts } = many(200);
    for (const { name, settings } of [...probes, ...Object.values(accounts ?? {})]) {
      assert.ok(JSON.stringify(settings).length < 128 * 1024, name);
    }
  });

  it("still tries each from both sides: its pod at others, others at it, and pods of nobody at all", () => {
    const { cells } = many(20);
    const reach = (row: string) =>
      new Set(cells.filter((cell) => cell.part === "network" && cell.row === row).map(({ tenant }) => tenant));
    assert.deepEqual(
      reach("tenant-19"),
      new Set(["tenant-19", "tenant-00", "tenant-01", "tenant-02", "tenant-03", undefined]),
    );
    assert.equal(reach("unlabelled").size, 21);
    const tried = cells.filter(
      ({ part, tenant, expected }) => part === "logins" && tenant === "tenant-00" && expected === "refused",
    );
    assert.deepEqual(
      tried.map(({ row }) => row),
      [...["16", "17", "18", "19"].map((number) => `creds of tenant-${number}`), "no creds"],
    );
  });
});
