import { existsSync } from "node:fs";
import { join } from "node:path";
import { tenantStackName } from "../../stacks/tenant-checks";
import { tenantSchema } from "../../stacks/tenant-config";
import { findTarget, projectRoot, type Target } from "../target";

/** The tenant that a command works on. */
export interface TenantTarget {
  /** Id of the tenant. */
  readonly tenant: string;
  /** The environment's stack, and the cluster that both are on. */
  readonly environment: Target;
  /** The tenant's own stack. */
  readonly target: Target;
}

/**
 * Decides which tenant to work on: `TENANT` of the environment that `STACK` and the other variables of {@link findTarget} choose.
 * @throws if TENANT is missing or no id, or the tenant's stack has no file, with the text to write
 */
export function findTenant(env: NodeJS.ProcessEnv = process.env): TenantTarget {
  const found = findTenantStack(env);
  const { tenant, environment, target } = found;
  if (hasFile(target)) return found;
  throw new Error(
    `environment ${environment.stack} has no tenant "${tenant}": ${fileOf(target)} does not exist. Write it:\n\n${template(environment.stack, tenant)}`,
  );
}

/**
 * As {@link findTenant}, but its stack need not have a file: one that is to go may have lost it already.
 * @throws if TENANT is missing or no id
 */
export function findTenantStack(env: NodeJS.ProcessEnv = process.env): TenantTarget {
  const environment = findTarget(env);
  const tenant = env.TENANT ?? "";
  const { success, error } = tenantSchema.shape.id.safeParse(tenant);
  if (tenant === "") throw new Error("TENANT is missing: say which, for example TENANT=acme");
  if (!success) throw new Error(`TENANT is "${tenant}"; it ${error.issues[0]?.message}. For example: TENANT=acme`);
  return { tenant, environment, target: { ...environment, stack: tenantStackName(environment.stack, tenant) } };
}

/** Whether the stack has a file in the repository. */
export function hasFile(target: Target): boolean {
  return existsSync(fileOf(target));
}

function fileOf({ stack }: Target): string {
  return join(projectRoot, `Pulumi.${stack}.yaml`);
}

/** The least that makes a tenant. */
function template(environment: string, tenant: string): string {
  return `config:
  nats-platform:tenant:
    id: ${tenant}
    environment: ${environment}
    users:
      - { name: worker, role: worker }
`;
}
