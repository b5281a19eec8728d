import { connectTcp, readGreeting } from "../../tcp";
import type { ProbeContext } from "../context";
import type { ProbeSettings } from "../contract";
import type { Check } from "../runner";

/** A packet that a policy drops is never answered; this is how long we wait for that, in milliseconds. */
const droppedAfterMs = 3_000;

/** A leaf node that connects through the Service is greeted as one. */
export const leafnodePort: Check<ProbeContext> = {
  name: "leafnode-port",
  needs: ["client-connect"],
  async run(context) {
    const { service, leafnodePort: port } = context.settings;
    const greeting = await readGreeting(service.host, port, 5_000);
    if (!greeting.startsWith("INFO ")) throw new Error(`port ${port} does not speak the NATS protocol`);
    const info = JSON.parse(greeting.slice("INFO ".length)) as {
      server_name: string;
      auth_required?: boolean;
      nonce?: string;
    };
    if (!info.nonce) throw new Error(`${info.server_name} does not ask leaf nodes for creds on port ${port}`);
    return `${info.server_name} greets on ${port} and asks for creds`;
  },
};

/** A client's pod reaches the client port (or no check would have passed) and none of the ports that are not for clients. */
export const networkPolicyClients: Check<ProbeContext> = {
  name: "network-policy-clients",
  needs: ["client-connect"],
  async run({ settings, liveServers }) {
    const attempts = liveServers.flatMap((server) =>
      Object.entries(settings.closedPorts).map(async ([name, port]) => {
        const answer = await connectTcp(server.host, port, droppedAfterMs);
        return answer === "open" ? `${server.name} port ${port} (${name})` : undefined;
      }),
    );
    const open = (await Promise.all(attempts)).filter((entry) => entry !== undefined);
    if (open.length)
      throw new Error(`a client's pod reaches ${open.join(", ")}: is NetworkPolicy enforced in this cluster?`);
    const ports = Object.entries(settings.closedPorts).map(([name, port]) => `${port} (${name})`);
    return `closed to clients: ${ports.join(", ")}`;
  },
};

/** A pod that is not labelled as a client reaches no server at all. Runs in a pod of its own, which may send wherever it is heard. */
export const networkPolicyOutsiders: Check<ProbeSettings> = {
  name: "network-policy-outsiders",
  async run(settings) {
    const elsewhere = await networkWorks();
    const targets = [{ name: "the Service", ...settings.service }, ...settings.servers];
    const answers = await Promise.all(targets.map(({ host, port }) => connectTcp(host, port, droppedAfterMs)));
    const open = targets
      .filter((_, index) => answers[index] === "open")
      .map(({ name, port }) => `${name} port ${port}`);
    if (open.length) {
      throw new Error(`an unlabelled pod reaches ${open.join(", ")}: is NetworkPolicy enforced in this cluster?`);
    }
    const control = elsewhere ? "though it reaches the API server" : "but reaches nothing else either";
    return `an unlabelled pod gets no answer from ${targets.length} addresses (${[...new Set(answers)].join(", ")}), ${control}`;
  },
};

/** Waits for a fresh pod's network, which a refusal would prove nothing without. @returns whether the API server could be reached */
async function networkWorks(): Promise<boolean> {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = process.env;
  const deadline = performance.now() + 6_000;
  while (host && performance.now() < deadline) {
    if ((await connectTcp(host, Number(port), 1_000)) === "open") return true;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  return false;
}
