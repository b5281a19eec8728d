import assert from "node:assert/strict";
import { chartValues } from "../../../../components/platform/chart-values";
import { workstationValues } from "../../../../components/workstation/chart-values";
import { platformArgs } from "../../../../stacks/platform-args";
import { parsePlatformConfig } from "../../../../stacks/platform-config";
import { workstationArgs } from "../../../../stacks/workstation-args";
import { parseWorkstationConfig } from "../../../../stacks/workstation-config";

const valuesOf = (parts: object = {}, keys: object = {}) =>
  workstationValues(
    workstationArgs(parseWorkstationConfig({ workstation: { accounts: { A: { users: ["a"] } }, ...parts }, ...keys })),
  );

describe("chart values of a workstation", () => {
  it("are one server by itself, whose ports every node answers for", () => {
    const { config, service, podDisruptionBudget, natsBox, podTemplate } = valuesOf();
    assert.deepEqual(config, {
      cluster: { enabled: false },
      jetstream: {
        enabled: true,
        fileStore: { enabled: true, pvc: { enabled: true, size: "5Gi" } },
        memoryStore: { enabled: true, maxSize: "1Gi" },
      },
      monitor: { enabled: true, port: 8222 },
      merge: { $include: "../nats-auth/auth.conf" },
    });
    assert.deepEqual(service, {
      ports: { nats: { enabled: true, nodePort: 30422 }, monitor: { enabled: true, nodePort: 30822 } },
      merge: { spec: { type: "NodePort" } },
    });
    assert.deepEqual([podDisruptionBudget, natsBox], [{ enabled: false }, { enabled: false }]);
    assert.ok(!("topologySpreadConstraints" in podTemplate));
  });

  it("have the pods of the platform's servers, with resources of their own", () => {
    const platform = chartValues(platformArgs(parsePlatformConfig({})));
    const { container, reloader, podTemplate } = valuesOf();
    assert.deepEqual(reloader, platform.reloader);
    assert.deepEqual(podTemplate.merge, platform.podTemplate.merge);
    assert.deepEqual(container.merge.securityContext, platform.container.merge.securityContext);
    assert.deepEqual(container.merge.resources, {
      requests: { cpu: "200m", memory: "200Mi" },
      limits: { cpu: "200m", memory: "200Mi" },
    });
    assert.equal(container.env.GOMEMLIMIT, "180MiB");
  });

  it("follow the configuration", () => {
    const { service, config, container } = valuesOf(
      { nodePorts: { client: 31_000, monitoring: 31_001 }, storageSize: "8Gi", memorySize: "128Mi" },
      { storageClass: "fast", images: { server: "mirror/nats:2" } },
    );
    assert.deepEqual([service.ports.nats.nodePort, service.ports.monitor.nodePort], [31_000, 31_001]);
    assert.deepEqual(config.jetstream, {
      enabled: true,
      fileStore: { enabled: true, pvc: { enabled: true, size: "8Gi", storageClassName: "fast" } },
      memoryStore: { enabled: true, maxSize: "128Mi" },
    });
    assert.equal(container.image.fullImageName, "mirror/nats:2");
  });
});
