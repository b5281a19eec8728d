import type { KubernetesObject } from "@kubernetes/client-node";
import { tenantLabel } from "../../components/labels";
import { BenchNamespaces } from "../namespaces";
import { type BenchContext, requireUnchanged, stackOperation } from "../operations";
import type { Kubectl } from "./kubectl";
import type { Record } from "./samples";

/** Id of the tenant that comes and goes. */
const oneMore = "more";

/** Id of the tenant whose objects come and go by kubectl. */
export const peerTenant = "peer";

/** One tenant is asked for, comes, comes again, and goes. */
export async function measureOurs(signal: AbortSignal, record: Record): Promise<void> {
  record("preview", await stackOperation("preview", signal, oneMore));
  record("up", await stackOperation("up", signal, oneMore));
  record("again", await unchangedUp(signal, oneMore));
  record("destroy", await stackOperation("destroy", signal, oneMore));
}

/** The same objects, of another tenant, by kubectl. */
export async function measurePeer(
  { target, signal }: BenchContext,
  kubectl: Kubectl,
  objects: readonly KubernetesObject[],
  record: Record,
): Promise<void> {
  record("peer preview", await kubectl.preview(objects));
  record("peer up", await kubectl.apply(objects));
  record("peer again", await kubectl.apply(objects));
  const deleted = await kubectl.delete(objects);
  const started = performance.now();
  const namespaces = new BenchNamespaces(target);
  for (const namespace of new Set(objects.flatMap(({ metadata }) => metadata?.namespace ?? []))) {
    await namespaces.podsGone(namespace, signal, { [tenantLabel]: peerTenant });
  }
  record("peer destroy", { ...deleted, seconds: deleted.seconds + (performance.now() - started) / 1000 });
}

/** What the stacks of others do that have not changed: the platform's, and that of another tenant. */
export async function measureNeighbours(signal: AbortSignal, neighbour: string, record: Record): Promise<void> {
  record("platform again", await unchangedUp(signal));
  record("neighbour again", await unchangedUp(signal, neighbour));
}

/** @throws {Error} if it changes anything */
async function unchangedUp(signal: AbortSignal, tenant?: string) {
  const { report, ...cost } = await stackOperation("up", signal, tenant);
  requireUnchanged(report);
  return cost;
}
