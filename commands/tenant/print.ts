import type { TenantExpectation } from "../../stacks/tenant-outputs";
import { kubeConfig } from "../kubernetes";
import { stackOutputs } from "../outputs";
import type { Target } from "../target";
import { lookAtTenant } from "./look";
import { formatTenantReport, tenantReport } from "./report";

/** Looks at the tenant of a stack and prints what it is like; returns the exit code. */
export async function printTenant(target: Target, { json }: { json: boolean }): Promise<number> {
  const { verify } = await stackOutputs(target, "verify");
  const expected = verify as TenantExpectation;
  const report = tenantReport(expected, await lookAtTenant(kubeConfig(target), expected));
  process.stdout.write(json ? `${JSON.stringify(report)}\n` : formatTenantReport(report));
  return report.ok ? 0 : 1;
}
