import { run, succeeds } from "./command";
import type { ClusterLayout, NodeMachine } from "./layout";
import { inNetworkOf } from "./machine";
import { waitFor } from "./wait";

/** The bridge that joins host, control plane and nodes. It is in the control plane's network namespace: bridged packets pass
 * the iptables rules of the namespace the bridge is in, and the host's may drop or rewrite them. */
const bridge = "switch";

/**
 * Wires the control plane: the switch with the control plane's address, and the cable to the host's one interface.
 * @param pid first process of the control plane
 */
export async function connectControlPlane(layout: ClusterLayout, pid: number): Promise<void> {
  const { controlPlane, hostInterface } = layout;
  if (!(await linkExists(pid, bridge))) await ipIn(pid, [`link add ${bridge} type bridge`]);
  if (!(await linkExists(pid, "host"))) {
    await removeLink(undefined, hostInterface);
    await run("ip", ["link", "add", hostInterface, "type", "veth", "peer", "name", "host", "netns", String(pid)]);
  }
  await ipIn(pid, [
    `addr replace ${controlPlane.address}/24 dev ${bridge}`,
    `link set ${bridge} up`,
    `link set host master ${bridge} up`,
    ...podRoutes(layout),
  ]);
  await ip([
    `link set ${hostInterface} alias ${ownerOf(layout)}`,
    `addr replace ${layout.hostAddress}/24 dev ${hostInterface}`,
    `link set ${hostInterface} up`,
    ...podRoutes(layout),
  ]);
}

/**
 * Wires a node to the switch, with routes to the pods of the others. All else goes to the control plane, which knows no way
 * out: what does not exist in the cluster fails at once ("network is unreachable") and not after a time-out. Without any
 * default route nodes would not answer their pods' ARP, nor could they send to a Service.
 * @param nodePid first process of the node
 * @param switchPid first process of the control plane
 */
export async function connectNode(
  layout: ClusterLayout,
  node: NodeMachine,
  nodePid: number,
  switchPid: number,
): Promise<void> {
  const [atNode, atSwitch] = await Promise.all([linkExists(nodePid, "eth0"), linkExists(switchPid, node.port)]);
  if (!atNode || !atSwitch) {
    // The other end was lost with its machine. The kernel clears this one away in its own time; its name must be free now.
    await Promise.all([removeLink(nodePid, "eth0"), removeLink(switchPid, node.port)]);
    await ipIn(switchPid, [`link add ${node.port} type veth peer name eth0 netns ${nodePid}`]);
  }
  await ipIn(switchPid, [`link set ${node.port} master ${bridge} up`]);
  await ipIn(nodePid, [
    `addr replace ${node.address}/24 dev eth0`,
    "link set eth0 up",
    `route replace default via ${layout.controlPlane.address}`,
    ...podRoutes(layout, node),
  ]);
}

/** Pulls a node's cable at the switch, or plugs it in again. */
export async function setCable(node: NodeMachine, switchPid: number, state: "up" | "down"): Promise<void> {
  await ipIn(switchPid, [`link set ${node.port} ${state}`]);
}

/** Whether a node's cable is plugged in at the switch. */
export async function cableIsUp(node: NodeMachine, switchPid: number): Promise<boolean> {
  const { stdout } = await run("nsenter", [...inNetworkOf(switchPid), "ip", "-j", "link", "show", node.port]).catch(
    () => ({ stdout: "[]" }),
  );
  const links = JSON.parse(stdout) as { flags: string[] }[];
  return links.some(({ flags }) => flags.includes("UP"));
}

/** Removes what the cluster has on the host. The interface goes by itself with the control plane; this is for the case it did not. */
export async function disconnectHost(layout: ClusterLayout): Promise<void> {
  await removeLink(undefined, layout.hostInterface);
}

/** The mark on the host's interface that tells whose it is. */
export function ownerOf(layout: ClusterLayout): string {
  return layout.root;
}

function podRoutes(layout: ClusterLayout, except?: NodeMachine): string[] {
  return layout.nodes
    .filter((node) => node !== except)
    .map((node) => `route replace ${node.podCidr} via ${node.address}`);
}

/** @param pid a process of the network namespace the link is in; undefined for the host's */
async function linkExists(pid: number | undefined, link: string): Promise<boolean> {
  if (pid === undefined) return succeeds("ip", ["link", "show", link]);
  return succeeds("nsenter", [...inNetworkOf(pid), "ip", "link", "show", link]);
}

/** Removes a link if it is there, and waits until it is gone: the kernel may be about to remove it for reasons of its own. */
async function removeLink(pid: number | undefined, link: string): Promise<void> {
  await waitFor(
    async () => {
      if (!(await linkExists(pid, link))) return undefined;
      const command = ["ip", "link", "del", link];
      await (pid === undefined
        ? succeeds("ip", command.slice(1))
        : succeeds("nsenter", [...inNetworkOf(pid), ...command]));
      return "it is still there";
    },
    { what: `removing network interface ${link}`, timeoutMs: 10_000, intervalMs: 20 },
  );
}

async function ipIn(pid: number, commands: readonly string[]): Promise<void> {
  await run("nsenter", [...inNetworkOf(pid), "ip", "-batch", "-"], `${commands.join("\n")}\n`);
}

async function ip(commands: readonly string[]): Promise<void> {
  await run("ip", ["-batch", "-"], `${commands.join("\n")}\n`);
}
