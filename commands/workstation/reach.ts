import { setTimeout as delay } from "node:timers/promises";
import { CoreV1Api, type V1Node } from "@kubernetes/client-node";
import { apiErrorMessage } from "../api-error";
import { isReady, kubeConfig, serverPods } from "../kubernetes";
import type { Target } from "../target";

/** How long a server that Pulumi found ready may take to be so again: it may have been restarted since. */
const readyMs = 60_000;

/** How long the ports of the nodes may take to lead to it. */
const answerMs = 15_000;

/**
 * Waits until the workstation's server is ready, and finds a node by which it is reached.
 * @returns the node's address
 * @throws if the server is not ready in time, or the API server's reason
 */
export async function readyNode(target: Target, namespace: string): Promise<string> {
  const core = kubeConfig(target).makeApiClient(CoreV1Api);
  const deadline = Date.now() + readyMs;
  for (;;) {
    try {
      const [pod] = await serverPods(target, namespace);
      const name = pod?.spec?.nodeName;
      // The server's own node: it answers whatever the cluster does with ports of the others.
      if (pod && name && isReady(pod)) return addressOf(await core.readNode({ name }));
    } catch (error) {
      throw new Error(`cannot look at the server: ${apiErrorMessage(error)}`, { cause: error });
    }
    if (Date.now() > deadline) {
      throw new Error(
        `the server in namespace ${namespace} is not ready after ${readyMs / 1_000} s; see make logs STACK=${target.stack}`,
      );
    }
    await delay(500);
  }
}

/** Where a node is reached: from outside, if it says so. */
function addressOf({ metadata, status }: V1Node): string {
  const addresses = status?.addresses ?? [];
  const of = (kind: string) => addresses.find(({ type }) => type === kind)?.address;
  return of("ExternalIP") ?? of("InternalIP") ?? of("Hostname") ?? metadata?.name ?? "localhost";
}

/** Whether the server's monitoring answers at a node's port, from this machine. */
export async function answersAt(address: string, port: number): Promise<boolean> {
  const deadline = Date.now() + answerMs;
  for (;;) {
    const ok = await fetch(`http://${host(address)}:${port}/healthz`, { signal: AbortSignal.timeout(3_000) }).then(
      ({ ok }) => ok,
      () => false,
    );
    if (ok || Date.now() > deadline) return ok;
    await delay(500);
  }
}

/** An address as URLs have it. */
export function host(address: string): string {
  return address.includes(":") ? `[${address}]` : address;
}
