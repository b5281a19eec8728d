import type { KubernetesObject } from "@kubernetes/client-node";
import { tenantLabel } from "../../components/labels";
import { BenchNamespaces } from "../namespaces";
import { type BenchContext, requireUnchanged, stackOperation } from "../operations";
import type { Step } from "./figures";
import type { Kubectl } from "./kubectl";

/** Id of the tenant that comes and goes. */
const oneMore = "more";

/** Id of the tenant whose objects come and go by kubectl. */
export const peerTenant = "peer";

type Record = (step: Step, value: number) => void;

/** One tenant is asked for, comes, comes again, and goes. */
export async function measureOurs(signal: AbortSignal, record: Record): Promise<void> {
  record("preview", (await stackOperation("preview", signal, oneMore)).seconds);
  const up = await stackOperation("up", signal, oneMore);
  record("up", up.seconds);
  record("up memory", up.peakMiB);
  const again = await stackOperation("up", signal, oneMore);
  requireUnchanged(again.report);
  record("again", again.seconds);
  record("destroy", (await stackOperation("destroy", signal, oneMore)).seconds);
}

/** The same objects, of another tenant, by kubectl. */
export async function measurePeer(
  { target, signal }: BenchContext,
  kubectl: Kubectl,
  objects: readonly KubernetesObject[],
  record: Record,
): Promise<void> {
  record("peer preview", (await kubectl.preview(objects)).seconds);
  const up = await kubectl.apply(objects);
  record("peer up", up.seconds);
  record("peer up memory", up.peakMiB);
  record("peer again", (await kubectl.apply(objects)).seconds);
  const { seconds } = await kubectl.delete(objects);
  const started = performance.now();
  const namespaces = new BenchNamespaces(target);
  for (const namespace of new Set(objects.flatMap(({ metadata }) => metadata?.namespace ?? []))) {
    await namespaces.podsGone(namespace, signal, { [tenantLabel]: peerTenant });
  }
  record("peer destroy", seconds + (performance.now() - started) / 1000);
}

/** What the stacks of others do that have not changed: the platform's, and that of another tenant. */
export async function measureNeighbours(signal: AbortSignal, neighbour: string, record: Record): Promise<void> {
  for (const [step, tenant] of [
    ["platform again", undefined],
    ["neighbour again", neighbour],
  ] as const) {
    const { report, seconds } = await stackOperation("up", signal, tenant);
    requireUnchanged(report);
    record(step, seconds);
  }
}
