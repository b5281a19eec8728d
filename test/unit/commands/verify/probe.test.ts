import assert from "node:assert/strict";
import { exportedServers } from "../../../../commands/verify/endpoint-checks";
import { parseResult, probeSettings } from "../../../../commands/verify/probe";
import type { Snapshot } from "../../../../commands/verify/snapshot";
import { checkNames } from "../../../../commands/verify/verify";
import type { Expected } from "../../../../services/verify/contract";

const expected: Expected = {
  replicas: 3,
  buckets: [],
  accounts: { SYS: "A" },
  operator: "O",
  jetstream: true,
  leafnodes: true,
  metrics: true,
  admission: {
    tenantsNamespace: "vrsky-tenants",
    action: "deny",
    audience: "nats",
    maxTokenSeconds: 7200,
    mapping: [],
  },
};

const snapshot: Snapshot = {
  namespace: "core",
  pods: [],
  nodes: [],
  services: [],
  endpointSlices: [],
  podDisruptionBudgets: [],
  networkPolicies: [],
  admission: undefined,
  accountSecrets: [],
};

describe("checkNames", () => {
  it("gives at least fifteen kebab-case names, each once", () => {
    const names = checkNames(expected);
    assert.ok(names.length >= 15);
    assert.equal(new Set(names).size, names.length);
    for (const name of names) assert.match(name, /^[a-z0-9]+(-[a-z0-9]+)*$/);
  });

  it("leaves out the checks of features that are off, and only those", () => {
    const without = (feature: Partial<Expected>) => {
      const left = new Set(checkNames({ ...expected, ...feature }));
      return checkNames(expected).filter((name) => !left.has(name));
    };
    assert.deepEqual(without({ jetstream: false }), [
      "jetstream-meta-leader",
      "stream-r3",
      "kv-buckets",
      "kv-roundtrip",
    ]);
    assert.deepEqual(without({ leafnodes: false }), ["leafnode-port"]);
    assert.deepEqual(without({ metrics: false }), ["metrics-endpoint"]);
  });
});

describe("probeSettings", () => {
  it("names the Service and every server that should be there", () => {
    const { service, servers } = probeSettings(snapshot, expected, "inside");
    assert.deepEqual(service, { host: "nats.core.svc.cluster.local", port: 4222 });
    assert.deepEqual(servers[2], { name: "nats-2", host: "nats-2.nats-headless.core.svc.cluster.local", port: 4222 });
    assert.equal(servers.length, 3);
  });

  it("expects metrics to be closed only when there are any, and a CA file only when one is mounted", () => {
    assert.deepEqual(probeSettings(snapshot, expected, "inside").closedPorts, {
      cluster: 6222,
      monitoring: 8222,
      metrics: 7777,
    });
    const plain = probeSettings(snapshot, { ...expected, metrics: false, tls: {} }, "inside");
    assert.deepEqual(plain.closedPorts, { cluster: 6222, monitoring: 8222 });
    assert.equal(plain.caFile, undefined);
    assert.equal(probeSettings(snapshot, { ...expected, tls: { caSecret: "ca" } }, "inside").caFile, "/ca/ca.crt");
  });

  it("gives every run an id of its own, fit for a subject and a stream's name", () => {
    const ids = new Set(Array.from({ length: 50 }, () => probeSettings(snapshot, expected, "inside").runId));
    assert.equal(ids.size, 50);
    for (const id of ids) assert.match(id, /^[a-z0-9]+$/);
  });
});

describe("parseResult", () => {
  it("reads a result, and nothing else a container may print", () => {
    const result = { name: "a", ok: true, detail: "d", ms: 1 };
    assert.deepEqual(parseResult(JSON.stringify(result)), result);
    for (const line of ["", "text", "{}", "null", "[1]", '{"name":1,"ok":true}', '{"name":"a"}']) {
      assert.equal(parseResult(line), undefined, line);
    }
  });
});

describe("exportedServers", () => {
  it("reads the servers whose connections are counted, whatever the prefix and other labels", () => {
    const metrics = [
      "# TYPE nats_varz_connections gauge",
      'nats_varz_connections{server_id="NA"} 12',
      'gnatsd_varz_connections{cluster="c",server_id="NB",x="y"} 0',
      'nats_connz_total{server_id="NC"} 1',
    ];
    assert.deepEqual(exportedServers(metrics.join("\n")), ["NA", "NB"]);
    assert.deepEqual(exportedServers("go_goroutines 24\n"), []);
  });
});
