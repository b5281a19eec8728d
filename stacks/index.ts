import { platformStack } from "./platform";
import { readProjectConfig, tenantOf } from "./project-config";
import { tenantStack } from "./tenant";

/** Runs the program of the selected stack, a tenant's or an environment's, and returns its outputs. */
export async function runStack(): Promise<Record<string, unknown>> {
  const project = readProjectConfig();
  return tenantOf(project) ? tenantStack(project) : platformStack(project);
}
