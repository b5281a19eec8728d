import type { Stack } from "@pulumi/pulumi/automation";
import type { z } from "zod";
import { openStack } from "../../commands/workspace";
import { tenantStackName } from "../../stacks/tenant-checks";
import type { tenantSchema } from "../../stacks/tenant-config";
import { benchTarget } from "../target";

/** Configuration of a tenant as it is measured: one small instance and one user, everything else as a tenant has it by default. */
export function tenantConfig(id: string, environment: string): z.input<typeof tenantSchema> {
  return {
    id,
    environment,
    resources: { requests: { cpu: "10m", memory: "32Mi" }, limits: { cpu: "500m", memory: "128Mi" } },
    users: [{ name: "worker", role: "worker" }],
  };
}

/** Opens the stack of a tenant that is measured. It has no file: nobody brings it up but the benchmark. */
export function openTenant(id: string): Promise<Stack> {
  const target = benchTarget();
  const tenant = tenantConfig(id, target.stack);
  return openStack({ ...target, stack: tenantStackName(target.stack, id) }, { tenant });
}
