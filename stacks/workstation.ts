import { platformUrls } from "../components/platform/urls";
import { Workstation, type WorkstationArgs } from "../components/workstation/workstation";
import { requireChartFolder } from "./chart-folder";
import { kubernetesProvider } from "./kubernetes-provider";
import type { ProjectConfig } from "./project-config";
import { workstationArgs } from "./workstation-args";
import { parseWorkstationConfig } from "./workstation-config";

/** What a workstation should have, as its stack's output `verify`. */
export interface WorkstationExpectation {
  readonly accounts: readonly {
    readonly name: string;
    /** Values live as many seconds; 0 for ever. */
    readonly buckets: readonly { readonly name: string; readonly ttlSeconds: number }[];
    /** Names. */
    readonly streams: readonly string[];
  }[];
}

/**
 * The stack of a workstation: one server for a developer's cluster. Outputs are what commands build on.
 * @throws {ConfigError} if a configuration value is wrong, before any resource is registered
 */
export async function workstationStack({ values }: ProjectConfig) {
  const config = parseWorkstationConfig(values);
  requireChartFolder(config);
  const args = workstationArgs(config);
  const workstation = new Workstation("workstation", args, { providers: [kubernetesProvider()] });
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
    verify: expectation(args),
    /** Secret: by account and user, the system account's under SYS. */
    logins: identity.logins,
  };
}

function expectation({ accounts }: WorkstationArgs): WorkstationExpectation {
  return {
    accounts: accounts.map(({ name, buckets, streams }) => ({
      name,
      buckets: buckets.map(({ name: bucket, ttlSeconds }) => ({ name: bucket, ttlSeconds })),
      streams: streams.map((stream) => stream.name),
    })),
  };
}
