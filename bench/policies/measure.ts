import { ensureTools } from "../../local/tools";
import type { BenchContext } from "../operations";
import { policyComparisons } from "./figures";
import { measurePreviews } from "./previews";
import { measureCommand, tenantStacks } from "./project";
import type { PoliciesResult } from "./result";
import { measureStarts } from "./start";

/** Measures what the policy pack costs. No cluster is needed: what is previewed has never been up. */
export async function measurePolicies(context: BenchContext, runs: number): Promise<PoliciesResult> {
  await ensureTools(["pulumi"]);
  const previews = await measurePreviews(context, runs);
  // A start is short.
  const starts = await measureStarts(context, runs * 3);
  const command = await measureCommand(context, runs);
  return { comparisons: policyComparisons({ previews, starts, command }, tenantStacks), stacks: tenantStacks };
}
