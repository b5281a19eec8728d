import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { ConfigError } from "../../../stacks/config-error";
import type { Tenancy } from "../../../stacks/environment";
import { tenantArgs } from "../../../stacks/tenant-args";
import { parseTenantConfig } from "../../../stacks/tenant-config";

const root = join(__dirname, "..", "..", "..");
const acme = { id: "acme", environment: "dev" };

function problems(tenant: Record<string, unknown>, stack = "dev-tenant-acme") {
  try {
    parseTenantConfig(tenant, stack);
    return [];
  } catch (error) {
    assert.ok(error instanceof ConfigError, String(error));
    return error.problems;
  }
}

describe("tenant configuration", () => {
  it("needs an id and an environment only, and is finite in everything else", () => {
    assert.deepEqual(parseTenantConfig(acme, "dev-tenant-acme"), {
      id: "acme",
      environment: "dev",
      instances: 1,
      resources: { requests: { cpu: "1", memory: "2Gi" }, limits: { cpu: "2", memory: "4Gi" } },
      nodeSelector: {},
      limits: { connections: 1000, subscriptions: 10_000, payload: "1Mi", data: "1Gi" },
      jetstream: { memoryStorage: "64Mi", diskStorage: "1Gi", streams: 10, consumers: 100 },
      users: [{ name: "worker", role: "worker", epoch: 1, retiredEpoch: 0, revoked: false }],
      apps: { publish: [], subscribe: [] },
      suspended: false,
      accountEpoch: 1,
      egress: "restricted",
      workerNamespaces: false,
    });
  });

  it("takes parts of what has parts, the rest from the defaults", () => {
    const config = parseTenantConfig(
      { ...acme, limits: { connections: 5 }, jetstream: { memoryStorage: 0 }, users: [{ name: "bob", role: "admin" }] },
      "dev-tenant-acme",
    );
    assert.deepEqual(config.limits, { connections: 5, subscriptions: 10_000, payload: "1Mi", data: "1Gi" });
    assert.equal(config.jetstream.memoryStorage, 0);
    assert.equal(config.jetstream.diskStorage, "1Gi");
    assert.deepEqual(config.users, [{ name: "bob", role: "admin", epoch: 1, retiredEpoch: 0, revoked: false }]);
  });

  it("grants apps subjects, each action by itself", () => {
    const apps = { publish: ["orders.>", "a.*.b"] };
    assert.deepEqual(parseTenantConfig({ ...acme, apps }, "dev-tenant-acme").apps, { ...apps, subscribe: [] });
  });

  it("lets a tenant that is suspended have no connection, and no app log in; else the limit and what is granted", () => {
    const apps = { publish: ["orders.>"], subscribe: [] };
    const args = (changes: Record<string, unknown>) =>
      tenantArgs(
        parseTenantConfig({ ...acme, apps, ...changes }, "dev-tenant-acme"),
        { calloutNamespace: "nats-callout" } as Tenancy,
        {} as Parameters<typeof tenantArgs>[2],
      );
    const [active, suspended] = [args({}), args({ suspended: true })];
    assert.deepEqual([active.limits.connections, active.apps], [1000, { ...apps, suspended: false }]);
    assert.deepEqual([suspended.limits.connections, suspended.apps], [0, { ...apps, suspended: true }]);
    assert.deepEqual({ ...suspended, limits: active.limits, apps: active.apps }, active);
    assert.equal(active.calloutNamespace, "nats-callout");
  });

  for (const file of readdirSync(root).filter((name) => /^Pulumi\..*-tenant-.*\.yaml$/.test(name))) {
    it(`accepts ${file}`, () => {
      const { config } = parse(readFileSync(join(root, file), "utf8"));
      assert.deepEqual(problems(config["nats-platform:tenant"], file.split(".")[1]), []);
    });
  }

  const wrong: [string, Record<string, unknown>, string, RegExp][] = [
    ["an id in upper case", { id: "Acme" }, "tenant.id", /DNS label/],
    ["an id that begins with a hyphen", { id: "-acme" }, "tenant.id", /DNS label/],
    ["an id that is too long", { id: "x".repeat(41) }, "tenant.id", /at most 40/],
    ["an id of the platform", { id: "sys" }, "tenant.id", /is reserved, like .*sys/],
    ["an id of a program of ours", { id: "account-sync" }, "tenant.id", /is reserved/],
    [
      "an id that belongs in another stack",
      { id: "globex" },
      "tenant.id",
      /belongs in stack dev-tenant-globex, but this is/,
    ],
    ["another environment's stack", { environment: "prod" }, "tenant.id", /belongs in stack prod-tenant-acme/],
    ["no environment", { environment: undefined }, "tenant.environment", /is missing/],
    ["fewer than no instances", { instances: -1 }, "tenant.instances", /0 or more/],
    ["half an instance", { instances: 0.5 }, "tenant.instances", /whole number/],
    [
      "a memory limit below the request",
      { resources: { limits: { cpu: "2", memory: "1Gi" } } },
      "tenant.resources.limits.memory",
      /at least requests.memory \(2Gi\)/,
    ],
    [
      "a CPU limit below the request",
      { resources: { limits: { cpu: "500m", memory: "4Gi" } } },
      "tenant.resources.limits.cpu",
      /at least requests.cpu \(1\)/,
    ],
    ["unlimited connections", { limits: { connections: -1 } }, "tenant.limits.connections", /1 or more/],
    ["a payload without a unit", { limits: { payload: "1000" } }, "tenant.limits.payload", /binary unit/],
    ["unlimited storage", { jetstream: { diskStorage: -1 } }, "tenant.jetstream.diskStorage", /0 for none/],
    [
      "a role that there is not",
      { users: [{ name: "bob", role: "boss" }] },
      "tenant.users[0].role",
      /worker, admin or observer/,
    ],
    [
      "a user with a hyphen",
      { users: [{ name: "b-c", role: "worker" }] },
      "tenant.users[0].name",
      /letters and digits/,
    ],
    [
      "a user given twice",
      {
        users: [
          { name: "bob", role: "worker" },
          { name: "bob", role: "admin" },
        ],
      },
      "tenant.users[1].name",
      /given twice/,
    ],
    [
      "a newest epoch that is retired",
      { users: [{ name: "bob", role: "worker", epoch: 2, retiredEpoch: 2 }] },
      "tenant.users[0].retiredEpoch",
      /below epoch \(2\)/,
    ],
    [
      "more epochs than there may be",
      { users: [{ name: "bob", role: "worker", epoch: 501 }] },
      "tenant.users[0].epoch",
      /at most 500/,
    ],
    ["a label that is none", { nodeSelector: { disk: "a b" } }, "tenant.nodeSelector.disk", /value of a label/],
    ["a label's key that is none", { nodeSelector: { "a b": "x" } }, "tenant.nodeSelector", /keys of labels/],
    ["a subject with a space for apps", { apps: { publish: ["a b"] } }, "tenant.apps.publish", /list of subjects/],
    ["a subject with > inside", { apps: { subscribe: ["a.>.b"] } }, "tenant.apps.subscribe", /> only at the end/],
    ["an empty subject for apps", { apps: { publish: [""] } }, "tenant.apps.publish", /list of subjects/],
    ["one subject in place of a list", { apps: { publish: ">" } }, "tenant.apps.publish", /array/],
    ["another key of apps", { apps: { sub: [] } }, "tenant.apps.sub", /unknown key/],
    ["text for suspended", { suspended: "yes" }, "tenant.suspended", /true or false/],
    ["an id of the callout", { id: "auth-callout" }, "tenant.id", /is reserved/],
    ["egress that is neither", { egress: "none" }, "tenant.egress", /restricted or open/],
    ["a key that there is not", { instance: 2 }, "tenant.instance", /unknown key; known keys are id, environment/],
  ];
  for (const [name, changes, key, reason] of wrong) {
    it(`refuses ${name}`, () => {
      const found = problems({ ...acme, ...changes }).find((problem) => problem.key === key);
      assert.match(found?.reason ?? `no problem with ${key}`, reason);
    });
  }

  it("refuses a user whose Secret's name would be too long", () => {
    const id = "x".repeat(40);
    const users = [{ name: "abcdefghijkl", role: "worker" }];
    const [found] = problems({ id, environment: "dev", users }, `dev-tenant-${id}`);
    assert.match(found?.reason ?? "", /longer than 63 characters; take a name of at most 11/);
  });

  it("tells every problem at once, those of single values and those between values", () => {
    const keys = problems({
      ...acme,
      egress: "none",
      limits: { payload: "1" },
      users: [{ name: "a", role: "worker", retiredEpoch: 1 }],
    }).map(({ key }) => key);
    assert.deepEqual(keys.sort(), ["tenant.egress", "tenant.limits.payload", "tenant.users[0].retiredEpoch"]);
  });
});
