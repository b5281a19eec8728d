import { platformUrls } from "../components/platform/urls";
import { Workstation } from "../components/workstation/workstation";
import { requireChartFolder } from "./chart-folder";
import { kubernetesProvider } from "./kubernetes-provider";
import type { ProjectConfig } from "./project-config";
import { workstationArgs } from "./workstation-args";
import { parseWorkstationConfig } from "./workstation-config";

/**
 * The stack of a workstation: one server for a developer's cluster. Outputs are what commands build on.
 * @throws {ConfigError} if a configuration value is wrong, before any resource is registered
 */
export async function workstationStack({ values }: ProjectConfig) {
  const config = parseWorkstationConfig(values);
  requireChartFolder(config);
  const workstation = new Workstation("workstation", workstationArgs(config), { providers: [kubernetesProvider()] });
  const { identity } = workstation;
  const urls = platformUrls({ namespace: config.namespace, replicas: 1, tls: {} });
  return {
    kind: "workstation",
    auth: config.auth,
    namespace: workstation.namespace,
    replicas: 1,
    natsClusterUrl: urls.cluster,
    nodePorts: config.nodePorts,
    monitoringUrl: urls.monitoring,
    sessionCacheTtlSeconds: config.sessionCacheTtlSeconds,
    accountPublicKeys: identity.accountPublicKeys,
    secretNames: identity.secretNames,
    /** Secret: by account and user, the system account's under SYS. */
    logins: identity.logins,
  };
}
