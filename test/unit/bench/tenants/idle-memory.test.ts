import assert from "node:assert/strict";
import { idleComparisons } from "../../../../bench/tenants/idle-memory";
import { type ContainerMemory, containersOf } from "../../../../bench/tenants/kubelets";

const memory = (namespace: string, container: string, workingSetMiB: number): ContainerMemory => ({
  namespace,
  container,
  workingSetMiB,
});

describe("bench/tenants/idle-memory", () => {
  it("reads the working set of containers, and leaves out those that nobody has looked at", () => {
    const pods = [
      {
        podRef: { namespace: "tenants", name: "nats-acme-1" },
        containers: [{ name: "nats", memory: { workingSetBytes: 3 * 2 ** 20 } }, { name: "metrics" }],
      },
      { podRef: { namespace: "tenants", name: "just-made" } },
    ];
    assert.deepEqual(containersOf({ pods }), [memory("tenants", "nats", 3)]);
  });

  it("pairs instances with plain servers, as many as there are of these", () => {
    const containers = [
      ...[6, 8, 100].map((value) => memory("tenants", "nats", value)),
      ...[3, 3, 3].map((value) => memory("tenants", "metrics", value)),
      ...[4, 4].map((value) => memory("nats-plain", "nats", value)),
      memory("nats", "nats", 50),
    ];
    const [server, exporter] = idleComparisons(containers, "tenants");
    assert.deepEqual([server?.ours.runs, server?.ours.median, server?.ratio?.median], [2, 7, 1.75]);
    assert.deepEqual([exporter?.ours.median, exporter?.ratio], [3, undefined]);
  });

  it("has every instance and no ratio where there are no plain servers", () => {
    const containers = [memory("tenants", "nats", 6), memory("tenants", "nats", 8), memory("tenants", "metrics", 3)];
    const [server] = idleComparisons(containers, "tenants");
    assert.deepEqual([server?.ours.runs, server?.ratio], [2, undefined]);
  });
});
