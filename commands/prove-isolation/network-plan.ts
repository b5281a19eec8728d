import { type Address, type ReachPort, type ReachTask, reachId } from "../../services/isolation-probe/contract";
import type { AskingPod } from "./askers";
import { bystanderName } from "./bystander";
import type { PlannedCell } from "./cells";
import type { Environment, Target } from "./environment";
import { expectedReach, greetingPorts, instancePorts, type Port, platformPorts } from "./expected";

/** What a pod tries to reach, and which cells that fills. */
export function networkPlan(
  pod: AskingPod,
  environment: Environment,
  bystander: Address,
): { readonly reach: ReachTask[]; readonly cells: PlannedCell[] } {
  const { metrics, platform } = environment;
  const features = { metrics, leafnodes: platform.leafnodes };
  const instances = pod.targets.flatMap(({ id, instances }) => instances.map((target) => ({ target, tenant: id })));
  const asked = [...instances, { target: platform.target, tenant: undefined }].flatMap(({ target, tenant }) =>
    addresses(target).map((address) => {
      const numbers = tenant === undefined ? platformPorts : instancePorts;
      const ports = numbers.map((port): Port => ({ ...(tenant ? { tenant } : {}), at: address.at, port }));
      return { target, address, ports };
    }),
  );
  const reach = asked.map(({ address: { id, host }, ports }) => ({
    hosts: { [id]: host },
    ports: ports.map((port) => ({
      port: port.port,
      greets: greetingPorts.has(port.port),
      awaited: expectedReach(pod, port, features) === "open",
    })),
  }));
  const cells = asked.flatMap(({ target, address, ports }) =>
    ports.map(
      (port): PlannedCell => ({
        part: "network",
        row: pod.row,
        target: target.name,
        question: String(port.port),
        address: address.name,
        ...(port.tenant ? { tenant: port.tenant } : {}),
        expected: expectedReach(pod, port, features),
        probe: pod.probe,
        answer: reachId(address.id, port.port),
      }),
    ),
  );
  const port: ReachPort = { port: bystander.port, greets: false, awaited: false };
  return {
    reach: [...merged(reach), { hosts: { [bystanderName]: bystander.host }, ports: [port] }],
    cells: [...cells, bystanderCell(pod, bystander)],
  };
}

function bystanderCell({ row, probe }: AskingPod, { port }: Address): PlannedCell {
  const answer = reachId(bystanderName, port);
  return { part: "network", row, target: bystanderName, question: "a port", expected: "closed", probe, answer };
}

/** Hosts with the same ports in one: what a probe is told has to fit into an environment variable, however many tenants there are. */
function merged(tasks: readonly ReachTask[]): ReachTask[] {
  const alike = new Map<string, { hosts: Record<string, string>; ports: readonly ReachPort[] }>();
  for (const { hosts, ports } of tasks) {
    const key = JSON.stringify(ports);
    alike.set(key, { hosts: { ...alike.get(key)?.hosts, ...hosts }, ports });
  }
  return [...alike.values()];
}

/** The Service first, then the pods behind it. */
function addresses({ name, host, pods }: Target) {
  return [
    { at: "service" as const, name: "service", id: `${name}/service`, host },
    ...pods.map((pod) => ({ at: "pod" as const, name: pod.name, id: `${name}/${pod.name}`, host: pod.ip })),
  ];
}
