import assert from "node:assert/strict";
import type { V1Pod, V1Service } from "@kubernetes/client-node";
import { environmentOf, type Found, type Outputs } from "../../../../commands/prove-isolation/discover";
import { defaultImages } from "../../../../components/images";

const outputs: Outputs = {
  tenancy: {
    platformNamespace: "nats",
    accountsNamespace: "nats-accounts",
    tenantsNamespace: "vrsky-tenants",
    monitoringNamespace: "vrsky-monitoring",
    metrics: true,
    images: defaultImages,
  },
  platform: { leafnodes: true },
};

const instance = (tenant: string, number: number) => ({
  app: "nats",
  "tenant-id": tenant,
  "instance-num": String(number),
});

function pod(name: string, ip: string | undefined, labels = {}, changes: Partial<V1Pod["metadata"]> = {}): V1Pod {
  return { metadata: { name, labels, ...changes }, status: { phase: "Running", ...(ip ? { podIP: ip } : {}) } };
}

function service(name: string, clusterIP: string, labels = {}): V1Service {
  return { metadata: { name, labels }, spec: { clusterIP } };
}

const account = (tenant: string) => ({
  labels: { "nats-platform/tenant": tenant },
  annotations: { "nats-platform/account-id": `A${tenant}` },
});

const creds = (tenant: string, user: string, role: string) => ({
  name: `nats-${tenant}-${user}-creds`,
  labels: { "nats-platform/tenant": tenant, "nats-platform/user": user, "nats-platform/role": role },
});

const policy = (tenant: string, egress: string) => ({
  metadata: { labels: { "nats-platform/tenant": tenant }, annotations: { "nats-platform/egress": egress } },
});

const found: Found = {
  servers: [pod("nats-0", "10.1.0.1"), pod("nats-1", "10.1.0.2")],
  platformService: service("nats", "10.96.0.1"),
  instanceServices: [
    service("nats-globex-1", "10.96.0.3", instance("globex", 1)),
    service("nats-acme-10", "None", instance("acme", 10)),
    service("nats-acme-2", "10.96.0.2", instance("acme", 2)),
  ],
  instancePods: [
    pod("nats-acme-2-x", "10.1.0.3", instance("acme", 2)),
    pod("nats-acme-2-leaving", "10.1.0.4", instance("acme", 2), { deletionTimestamp: new Date() }),
    pod("nats-acme-10-x", undefined, instance("acme", 10)),
    pod("nats-globex-1-x", "10.1.0.5", instance("globex", 1)),
  ],
  policies: [policy("globex", "open"), { metadata: { labels: { "nats-platform/tenant": "acme" } } }],
  accountSecrets: [account("initech"), account("acme"), account("globex")],
  credsSecrets: [
    creds("acme", "worker", "worker"),
    creds("acme", "zoe", "admin"),
    creds("acme", "adam", "admin"),
    creds("globex", "worker", "worker"),
    creds("initech", "observer", "observer"),
  ],
  monitoringNamespace: { metadata: { labels: { "nats-platform/monitoring": "true" } } },
};

describe("environmentOf", () => {
  const environment = environmentOf(found, outputs);
  const tenant = (id: string) => environment.tenants.find((entry) => entry.id === id);

  it("finds every tenant that has an account or an instance, by id", () => {
    assert.deepEqual(
      environment.tenants.map(({ id }) => id),
      ["acme", "globex", "initech"],
    );
    const stray = environmentOf({ ...found, accountSecrets: [] }, outputs);
    assert.deepEqual(
      stray.tenants.map(({ id, account }) => [id, account]),
      [
        ["acme", undefined],
        ["globex", undefined],
      ],
    );
  });

  it("finds instances by number, each with its Service and the pods that run behind it", () => {
    assert.deepEqual(tenant("acme")?.instances, [
      { name: "nats-acme-2", host: "10.96.0.2", pods: [{ name: "nats-acme-2-x", ip: "10.1.0.3" }] },
      { name: "nats-acme-10", host: "nats-acme-10.vrsky-tenants.svc.cluster.local", pods: [] },
    ]);
    assert.deepEqual(tenant("initech")?.instances, []);
    assert.deepEqual(environment.platform.target, {
      name: "nats",
      host: "10.96.0.1",
      pods: [
        { name: "nats-0", ip: "10.1.0.1" },
        { name: "nats-1", ip: "10.1.0.2" },
      ],
    });
  });

  it("takes the creds that may most, and an observer's not at all", () => {
    assert.deepEqual(tenant("acme")?.creds, { user: "adam", role: "admin", secret: "nats-acme-adam-creds" });
    assert.equal(tenant("globex")?.creds?.role, "worker");
    assert.equal(tenant("initech")?.creds, undefined);
  });

  it("believes what a tenant's stack declares of its egress", () => {
    assert.equal(tenant("globex")?.egress, "open");
    assert.equal(tenant("acme")?.egress, "restricted");
  });

  it("tells whether there is a monitoring namespace, and whether the platform knows it", () => {
    assert.deepEqual(environment.monitoring, { labelled: true });
    const unknown = environmentOf({ ...found, monitoringNamespace: { metadata: {} } }, outputs);
    assert.deepEqual(unknown.monitoring, { labelled: false });
    assert.equal(environmentOf({ ...found, monitoringNamespace: undefined }, outputs).monitoring, undefined);
  });

  it("speaks TLS to the platform where clients must", () => {
    assert.equal(environment.platform.tls, undefined);
    const tls = environmentOf({ ...found, ca: "PEM" }, { ...outputs, platform: { leafnodes: true, tls: {} } });
    assert.deepEqual(tls.platform.tls, { serverName: "nats.nats.svc.cluster.local", ca: "PEM" });
  });
});
