import { demoStack } from "./demo";
import { platformStack } from "./platform";
import { readProjectConfig } from "./project-config";
import { objectOf, stackKind } from "./stack-kind";
import { tenantStack } from "./tenant";
import { workstationStack } from "./workstation";

/** Runs the program of the selected stack, an environment's, a tenant's, a demo's or a workstation's, and returns its outputs. */
export async function runStack(): Promise<Record<string, unknown>> {
  const project = readProjectConfig();
  switch (stackKind(project.values)) {
    case "environment":
      return platformStack(project);
    case "tenant":
      return tenantStack(project);
    case "demo":
      return demoStack(objectOf(project.values, "demo"));
    case "workstation":
      return workstationStack(project);
  }
}
