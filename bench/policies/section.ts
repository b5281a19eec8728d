import { comparisonTable, peerLine } from "../markdown";
import { peers } from "../report";
import type { PoliciesResult } from "./result";

/** What docs/performance.md says of the policy pack. */
export function policiesSection({ comparisons, stacks }: PoliciesResult): string {
  return `Stacks that have never been up, previewed where there is no cluster: what a review waits for.

${comparisonTable(comparisons)}
- The resources are tenants' objects as the program makes them, a fifth each of their ServiceAccounts, Services and Deployments, the rest NetworkPolicies, in one
  stack. Every policy looks at them, and finds nothing.
- The program runs in the process that measures; Pulumi's engine, the provider and the pack are started anew for each preview.
- *Adds* is the time with a pack less that without one, of previews after each other. Its peer is a pack without a policy: what the engine and the library take
  for any pack at all, of which a resource's share alone is more than the target.
- \`make policy\` previews ${stacks} stacks of a tenant each, as many at a time as there are processors, after their environment has been stood in for.
${peerLine(peers(comparisons))}`;
}
