import { availableParallelism } from "node:os";
import type { KubernetesObject } from "@kubernetes/client-node";
import { tenancyOf } from "../../commands/tenant/environment";
import { searchPath } from "../../local/tools/official";
import { BenchNamespaces } from "../namespaces";
import { type BenchContext, clusterUp, stackOperation } from "../operations";
import { growthComparisons, tenantComparisons, tenantPeers } from "./figures";
import { idleComparisons } from "./idle-memory";
import { Kubectl, kubectlCommands } from "./kubectl";
import { containerMemory } from "./kubelets";
import { kubernetesObjects, type StateResource } from "./objects";
import { measureNeighbours, measureOurs, measurePeer, peerTenant } from "./one-more";
import { plainNamespace, plainServerObjects } from "./plain-servers";
import type { TenantsResult } from "./result";
import { type Record, TenantSamples } from "./samples";
import { sideBySide } from "./side-by-side";
import { openTenant } from "./stack";

/** Numbers of tenants beside which one more is added. */
const counts: readonly number[] = [1, 10, 50];

/** A stack is the work of one core for the most part, with waits for the cluster in between. */
const parallel = 2 * availableParallelism();

/** Servers without operator mode whose memory is looked at. */
const plainReplicas = 10;

/**
 * Measures what one tenant more takes beside few and beside many: in time, in memory, and of everybody else.
 * @param runs measurements beside each number of tenants
 */
export async function measureTenants(context: BenchContext, runs: number): Promise<TenantsResult> {
  const { target, progress, signal } = context;
  const program = searchPath("kubectl");
  if (!program) progress("tenants: kubectl is not on PATH, so there is no peer");
  const kubectl = program ? new Kubectl(program, target, signal) : undefined;
  progress("tenants: cluster, platform, and the objects of a tenant");
  await clusterUp(signal);
  await stackOperation("up", signal);
  const { tenantsNamespace } = await tenancyOf(target);
  const objects = await recordTenant(signal);
  if (kubectl) await startPlainServers(context, kubectl, objects);

  const samples = new TenantSamples();
  let tenants = 0;
  for (const count of counts) {
    samples.addTogether(count, await bringUp(tenants, count, context));
    tenants = count;
    for (let run = 1; run <= runs; run++) {
      const record: Record = (step, cost) => samples.add(count, step, cost);
      const ours = () => measureOurs(signal, record);
      const peer = async () => {
        if (kubectl) await measurePeer(context, kubectl, objects, record);
      };
      for (const measure of run % 2 === 1 ? [ours, peer] : [peer, ours]) await measure();
      await measureNeighbours(signal, tenantId(1), record);
      progress(`tenants: beside ${count}, run ${run} of ${runs}`);
    }
  }
  return {
    counts,
    parallel,
    objects: objects.length,
    comparisons: tenantComparisons(samples, counts),
    peers: kubectl ? tenantPeers(kubectlCommands) : [],
    growth: growthComparisons(samples, counts),
    idle: idleComparisons(await containerMemory(target), tenantsNamespace),
  };
}

/** What a tenant's stack makes, of a tenant whose stack is gone again: so anybody else may make it. */
async function recordTenant(signal: AbortSignal): Promise<KubernetesObject[]> {
  await stackOperation("up", signal, peerTenant);
  const { deployment } = await (await openTenant(peerTenant)).exportStack();
  await stackOperation("destroy", signal, peerTenant);
  return kubernetesObjects(deployment.resources as StateResource[]);
}

async function startPlainServers(
  { target }: BenchContext,
  kubectl: Kubectl,
  objects: readonly KubernetesObject[],
): Promise<void> {
  await new BenchNamespaces(target).create(plainNamespace, { restricted: true });
  await kubectl.apply(plainServerObjects(objects, { tenant: peerTenant, replicas: plainReplicas }));
}

/** Brings tenants up until there are so many. @returns seconds for each */
async function bringUp(from: number, to: number, { progress, signal }: BenchContext): Promise<number> {
  const ids = Array.from({ length: to - from }, (_, index) => tenantId(from + index + 1));
  progress(`tenants: ${ids.length} more, ${parallel} at a time`);
  const started = performance.now();
  await sideBySide(ids, parallel, signal, async (id, ended) => {
    await stackOperation("up", ended, id);
  });
  const seconds = (performance.now() - started) / 1000;
  progress(`tenants: ${to} are up after ${seconds.toFixed(0)} s`);
  return seconds / (to - from);
}

function tenantId(number: number): string {
  return `t${String(number).padStart(2, "0")}`;
}
