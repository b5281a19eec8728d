import assert from "node:assert/strict";
import type { V1Pod } from "@kubernetes/client-node";
import { readServers } from "../../../../services/account-sync/servers";

const pod = (changes: { metadata?: object; status?: object } = {}): V1Pod =>
  ({
    metadata: { name: "nats-acme-1-abc", uid: "u", labels: { app: "nats", "tenant-id": "acme" }, ...changes.metadata },
    status: { phase: "Running", podIP: "10.0.0.1", ...changes.status },
  }) as V1Pod;

describe("readServers", () => {
  it("reads instances with their tenant, servers of the platform without", () => {
    const server = { uid: "u", name: "nats-acme-1-abc", phase: "Running", terminating: false, ip: "10.0.0.1" };
    assert.deepEqual(readServers([pod()], "instance"), [{ ...server, tenant: "acme" }]);
    assert.deepEqual(readServers([pod()], "platform"), [server]);
  });

  it("keeps pods that are coming or going", () => {
    const pending = readServers([pod({ status: { phase: "Pending", podIP: undefined } })], "instance");
    assert.deepEqual([pending[0]?.phase, pending[0]?.ip], ["Pending", undefined]);
    const going = readServers([pod({ metadata: { deletionTimestamp: "2026-01-01T00:00:00Z" } })], "instance");
    assert.equal(going[0]?.terminating, true);
  });

  it("leaves out pods that have ended, and instances of nobody", () => {
    assert.deepEqual(
      readServers([pod({ status: { phase: "Failed" } }), pod({ status: { phase: "Succeeded" } })], "instance"),
      [],
    );
    assert.deepEqual(readServers([pod({ metadata: { labels: { app: "nats" } } })], "instance"), []);
  });
});
