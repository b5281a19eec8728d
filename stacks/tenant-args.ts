import type * as pulumi from "@pulumi/pulumi";
import type { Operator } from "../components/identity/operator";
import type { TenantArgs } from "../components/tenant/tenant";
import { bytes, storage } from "./config-values";
import type { Tenancy } from "./environment";
import type { TenantConfig } from "./tenant-config";

/** Component arguments from checked configuration and what the environment says. */
export function tenantArgs(
  config: TenantConfig,
  tenancy: Tenancy,
  operator: Pick<Operator, "signingKey"> & { readonly jwt: pulumi.Output<string> },
): TenantArgs {
  const { limits, jetstream } = config;
  return {
    tenant: config.id,
    instances: config.instances,
    resources: config.resources,
    nodeSelector: config.nodeSelector,
    metrics: tenancy.metrics,
    images: tenancy.images,
    egress: config.egress,
    workerNamespaces: config.workerNamespaces,
    users: config.users,
    accountEpoch: config.accountEpoch,
    limits: {
      // Servers close connections that an account may not have.
      connections: config.suspended ? 0 : limits.connections,
      subscriptions: limits.subscriptions,
      payload: bytes(limits.payload),
      data: bytes(limits.data),
      // A tenant is shut off: nothing is shared with other accounts, and no server of its own joins in.
      leafNodes: 0,
      imports: 0,
      exports: 0,
      wildcardExports: false,
      disallowBearer: true,
    },
    jetstream: {
      memoryStorage: storage(jetstream.memoryStorage),
      diskStorage: storage(jetstream.diskStorage),
      streams: jetstream.streams,
      consumers: jetstream.consumers,
    },
    operator,
    environmentEpochs: tenancy.epochs,
    operatorJwt: operator.jwt,
    systemAccountId: tenancy.systemAccountId,
    systemAccountJwt: tenancy.systemAccountJwt,
    tenantsNamespace: tenancy.tenantsNamespace,
    platformNamespace: tenancy.platformNamespace,
    calloutNamespace: tenancy.calloutNamespace,
    apps: { ...config.apps, suspended: config.suspended },
    accountsNamespace: tenancy.accountsNamespace,
    monitoringNamespace: tenancy.monitoringNamespace,
  };
}
