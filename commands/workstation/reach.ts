import { setTimeout as delay } from "node:timers/promises";
import { CoreV1Api, type V1Node, type V1Pod } from "@kubernetes/client-node";
import type { NodePorts } from "../../components/workstation/chart-values";
import { apiErrorMessage } from "../api-error";
import { isReady, kubeConfig, serverPods } from "../kubernetes";
import type { Target } from "../target";

/** How long a server that Pulumi found ready may take to be so again: it may have been restarted since. */
const readyMs = 60_000;

/** How long the ports of the nodes may take to lead to it. */
const answerMs = 15_000;

/** Where a workstation is reached from outside the cluster. */
export interface NodeUrls {
  readonly client: string;
  readonly monitoring: string;
}

/**
 * Waits until the workstation's server is ready, and finds a node by which it is reached.
 * @throws if the server is not ready in time, or the API server's reason
 */
export async function readyNodeUrls(target: Target, namespace: string, ports: NodePorts): Promise<NodeUrls> {
  const deadline = Date.now() + readyMs;
  for (;;) {
    const [pod] = await lookAt(() => serverPods(target, namespace));
    const urls = pod && isReady(pod) ? await nodeUrls(target, pod, ports) : undefined;
    if (urls) return urls;
    if (Date.now() > deadline) {
      throw new Error(
        `the server in namespace ${namespace} is not ready after ${readyMs / 1_000} s; see make logs STACK=${target.stack}`,
      );
    }
    await delay(500);
  }
}

/**
 * By the node that a workstation's server is on: its ports answer there, whatever the cluster does with those of others.
 * @returns undefined while the server has no node
 * @throws with the API server's reason
 */
export async function nodeUrls(target: Target, pod: V1Pod, ports: NodePorts): Promise<NodeUrls | undefined> {
  const name = pod.spec?.nodeName;
  if (!name) return undefined;
  const node = await lookAt(() => kubeConfig(target).makeApiClient(CoreV1Api).readNode({ name }));
  const host = hostOf(addressOf(node));
  return { client: `nats://${host}:${ports.client}`, monitoring: `http://${host}:${ports.monitoring}` };
}

async function lookAt<Found>(read: () => Promise<Found>): Promise<Found> {
  try {
    return await read();
  } catch (error) {
    throw new Error(`cannot look at the server: ${apiErrorMessage(error)}`, { cause: error });
  }
}

/** Where a node is reached: from outside, if it says so. */
function addressOf({ metadata, status }: V1Node): string {
  const addresses = status?.addresses ?? [];
  const of = (kind: string) => addresses.find(({ type }) => type === kind)?.address;
  return of("ExternalIP") ?? of("InternalIP") ?? of("Hostname") ?? metadata?.name ?? "localhost";
}

/** Whether the server's monitoring answers, from this machine. */
export async function answersAt({ monitoring }: NodeUrls): Promise<boolean> {
  const deadline = Date.now() + answerMs;
  for (;;) {
    const ok = await fetch(`${monitoring}/healthz`, { signal: AbortSignal.timeout(3_000) }).then(
      ({ ok }) => ok,
      () => false,
    );
    if (ok || Date.now() > deadline) return ok;
    await delay(500);
  }
}

/** An address as URLs have it. */
function hostOf(address: string): string {
  return address.includes(":") ? `[${address}]` : address;
}
