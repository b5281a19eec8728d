import type { Expected } from "../services/verify/contract";
import type { Tenancy } from "../stacks/environment";
import { stackOutputs } from "./outputs";
import type { Target } from "./target";
import { type PrintOptions, reportVerification, type Verification } from "./verify";

/** Verifies the target's platform against what its stack promises, and prints the report. */
export async function verifyTarget(target: Target, print: PrintOptions): Promise<Verification> {
  const { verify, namespace, tenancy } = await stackOutputs(target, "verify", "namespace", "tenancy");
  const image = (tenancy as Tenancy).images.node;
  const { kubeconfig, context } = target;
  return reportVerification(
    { kubeconfig, context, namespace: String(namespace), image, expected: verify as Expected },
    print,
  );
}
