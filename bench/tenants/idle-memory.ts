import { type Comparison, compare } from "../comparison";
import type { ContainerMemory } from "./kubelets";
import { plainNamespace } from "./plain-servers";

/**
 * Memory of instances that nobody uses, beside that of plain servers, where there are any. Each is paired with one.
 * @param tenantsNamespace namespace of the instances
 */
export function idleComparisons(memory: readonly ContainerMemory[], tenantsNamespace: string): Comparison[] {
  const of = (namespace: string, container: string) =>
    memory
      .filter((found) => found.namespace === namespace && found.container === container)
      .map(({ workingSetMiB }) => workingSetMiB);
  const plain = of(plainNamespace, "nats");
  const instances = of(tenantsNamespace, "nats");
  const paired = plain.length > 0 ? instances.slice(0, plain.length) : instances;
  const peer = { name: "nats-server without operator mode", values: plain.slice(0, paired.length) };
  return [
    compare({ name: "nats-server of an instance, idle", unit: "MiB", ours: paired, peer }),
    compare({ name: "exporter beside it", unit: "MiB", ours: of(tenantsNamespace, "metrics") }),
  ];
}
