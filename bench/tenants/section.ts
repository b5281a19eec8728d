import { comparisonTable, peerLine } from "../markdown";
import { growthHead, peers } from "../report";
import type { TenantsResult } from "./result";

/** What docs/performance.md says of tenants. */
export function tenantsSection(result: TenantsResult): string {
  const { counts, parallel, objects, comparisons, growth, idle } = result;
  const [least, greatest] = [counts[0], counts.at(-1)];
  return `A tenant more beside ${counts.slice(0, -1).join(", ")} and ${greatest} that are there, each a stack of its own with one instance and one user.

${comparisonTable(comparisons)}
- Times are a person's: from the start of the command to its end, when the instance is ready and the account is active on every server. Memory is
  the most that the program, Pulumi's engine and its plugins had at a time, what they share counted for each.
- The peer applies the same ${objects} objects, recorded from a tenant's stack: their keys and JWTs are there before its time begins. Both come up on the same
  cluster, one after the other, the first one changing from run to run.
- Side by side are ${parallel} stacks at a time, twice the machine's cores, because each waits for the cluster part of its time.
${peerLine(result.peers)}

What ${greatest} tenants cost that ${least === 1 ? "one does" : `${least} do`} not; the servers' and Kubernetes' own work for them, on the same cores, is in the times:

${comparisonTable(growth, growthHead(result))}
- Between the first of these measurements and the last lie many minutes, in which the machine may have got other work. Processor time, of the command and
  all it has started, hardly depends on that: it tells whether there is more to do.

An instance that nobody uses, by its kubelet (working set):

${comparisonTable(idle)}
${peerLine(peers(idle))}`;
}
