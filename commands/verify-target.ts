import type { Expected } from "../services/verify/contract";
import { stackOutputs } from "./outputs";
import type { Target } from "./target";
import { reportVerification } from "./verify";

/** Verifies the target's platform against what its stack promises; prints the report and returns the exit code. */
export async function verifyTarget(target: Target, options: { json: boolean }): Promise<number> {
  const { verify, namespace } = await stackOutputs(target, "verify", "namespace");
  const { kubeconfig, context } = target;
  return reportVerification(
    { kubeconfig, context, namespace: String(namespace), expected: verify as Expected },
    options,
  );
}
