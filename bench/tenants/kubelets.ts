import { CoreV1Api } from "@kubernetes/client-node";
import { kubeConfig } from "../../commands/kubernetes";
import type { Target } from "../../commands/target";

/** What a kubelet answers at `/stats/summary`, as far as it is read. */
export interface NodeSummary {
  readonly pods: readonly {
    readonly podRef: { readonly namespace: string; readonly name: string };
    readonly containers?: readonly { readonly name: string; readonly memory?: { readonly workingSetBytes?: number } }[];
  }[];
}

/** Memory of one container, as its kubelet sees it. */
export interface ContainerMemory {
  readonly namespace: string;
  readonly container: string;
  /** What cannot be taken from it without stopping it: the kubelet evicts by this. */
  readonly workingSetMiB: number;
}

/** Asks every kubelet for the memory of its containers. */
export async function containerMemory(target: Pick<Target, "kubeconfig" | "context">): Promise<ContainerMemory[]> {
  const core = kubeConfig(target).makeApiClient(CoreV1Api);
  const { items } = await core.listNode();
  const summaries = await Promise.all(
    items.map(({ metadata }) =>
      core.connectGetNodeProxyWithPath({ name: metadata?.name ?? "", path: "stats/summary" }),
    ),
  );
  // The client calls it text, but reads what is JSON.
  return summaries.flatMap((summary) => containersOf(summary as unknown as NodeSummary));
}

/** Containers that a kubelet tells of, without those it has not looked at yet. */
export function containersOf({ pods }: NodeSummary): ContainerMemory[] {
  return pods.flatMap(({ podRef: { namespace }, containers = [] }) =>
    containers.flatMap(({ name: container, memory }) =>
      memory?.workingSetBytes ? [{ namespace, container, workingSetMiB: memory.workingSetBytes / 2 ** 20 }] : [],
    ),
  );
}
