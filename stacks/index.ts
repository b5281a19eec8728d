import { demoStack } from "./demo";
import { platformStack } from "./platform";
import { demoOf, readProjectConfig, tenantOf } from "./project-config";
import { tenantStack } from "./tenant";

/** Runs the program of the selected stack, an environment's, a tenant's or a demo's, and returns its outputs. */
export async function runStack(): Promise<Record<string, unknown>> {
  const project = readProjectConfig();
  const demo = demoOf(project);
  if (demo) return demoStack(demo);
  return tenantOf(project) ? tenantStack(project) : platformStack(project);
}
