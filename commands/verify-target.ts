import type { Expected } from "../services/verify/contract";
import { stackOutput } from "./outputs";
import type { Target } from "./target";
import { reportVerification } from "./verify";

/** Verifies the target's platform against what its stack promises; prints the report and returns the exit code. */
export async function verifyTarget(target: Target, options: { json: boolean }): Promise<number> {
  const expected = (await stackOutput(target, "verify")) as Expected;
  const namespace = String(await stackOutput(target, "namespace"));
  return reportVerification({ kubeconfig: target.kubeconfig, context: target.context, namespace, expected }, options);
}
