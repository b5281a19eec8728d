import type { Logins } from "../../../components/workstation/accounts";
import type { NodePorts } from "../../../components/workstation/chart-values";
import type { Expected } from "../../../services/verify/contract";
import type { Tenancy } from "../../../stacks/environment";
import type { TenantExpectation } from "../../../stacks/tenant-outputs";
import type { WorkstationExpectation } from "../../../stacks/workstation";
import { stackOutputs } from "../../outputs";
import { UnusableError } from "../errors";
import { environmentCreds, environmentLogins, type Login, tenantLogins, workstationLogins } from "./logins";
import type { Stack } from "./stack";

/** What commands are told of a stack by its outputs. */
export interface StackFacts {
  /** Namespace of the servers that hold its streams. */
  readonly namespace: string;
  /** Where clients in the cluster connect, in it: certificates are good for its host. */
  readonly url: string;
  readonly logins: readonly Login[];
  /** Whether the servers have JetStream. */
  readonly jetstream: boolean;
  /** Number of servers. A tenant does not know it. */
  readonly replicas?: number;
  /** Public keys of accounts by name. */
  readonly accounts: Readonly<Record<string, string>>;
  /** Secret in {@link namespace} with the `ca.crt` that signed the servers' certificates. @default no TLS, or the system's authorities */
  readonly caSecret?: string;
  /** Of a tenant: what it should be like. */
  readonly expectation?: TenantExpectation;
  /** Of a workstation: ports of every node. */
  readonly nodePorts?: NodePorts;
  /** Of a workstation: what it should have. */
  readonly promised?: WorkstationExpectation;
}

/**
 * Reads a stack's outputs.
 * @throws UnusableError if it is not up, or Pulumi cannot read it
 */
export async function stackFacts(stack: Stack): Promise<StackFacts> {
  try {
    if (stack.kind === "environment") return await environmentFacts(stack);
    return stack.kind === "tenant" ? await tenantFacts(stack) : await workstationFacts(stack);
  } catch (error) {
    throw new UnusableError((error as Error).message, { cause: error });
  }
}

async function environmentFacts({ target }: Stack): Promise<StackFacts> {
  const names = ["namespace", "natsClusterUrl", "verify", "accountPublicKeys"] as const;
  const outputs = await stackOutputs(target, ...names, ...Object.values(environmentCreds));
  const { replicas, jetstream, tls } = outputs.verify as Expected;
  const creds = Object.fromEntries(
    Object.entries(environmentCreds).map(([user, output]) => [user, String(outputs[output])]),
  ) as Record<keyof typeof environmentCreds, string>;
  return {
    namespace: String(outputs.namespace),
    url: String(outputs.natsClusterUrl),
    logins: environmentLogins(creds),
    jetstream,
    replicas,
    accounts: outputs.accountPublicKeys as Record<string, string>,
    ...(tls?.caSecret ? { caSecret: tls.caSecret } : {}),
  };
}

async function tenantFacts({ target, environment, tenant = "" }: Stack): Promise<StackFacts> {
  const [{ verify, creds, platformUrl }, { tenancy, verify: platform }] = await Promise.all([
    stackOutputs(target, "verify", "creds", "platformUrl"),
    stackOutputs(environment, "tenancy", "verify"),
  ]);
  const expectation = verify as TenantExpectation;
  const { tlsCaSecret } = tenancy as Tenancy;
  const { account, namespaces, users } = expectation;
  const usable = users.filter(({ revoked }) => !revoked);
  return {
    namespace: namespaces.platform,
    url: String(platformUrl),
    logins: tenantLogins(tenant, usable, creds as Record<string, string>),
    jetstream: (platform as Expected).jetstream,
    accounts: { [account.name]: account.id },
    expectation,
    ...(tlsCaSecret ? { caSecret: tlsCaSecret } : {}),
  };
}

async function workstationFacts({ target }: Stack): Promise<StackFacts> {
  const names = [
    "namespace",
    "natsClusterUrl",
    "nodePorts",
    "logins",
    "replicas",
    "accountPublicKeys",
    "verify",
  ] as const;
  const outputs = await stackOutputs(target, ...names);
  return {
    namespace: String(outputs.namespace),
    url: String(outputs.natsClusterUrl),
    logins: workstationLogins(outputs.logins as Logins),
    jetstream: true,
    replicas: Number(outputs.replicas),
    accounts: outputs.accountPublicKeys as Record<string, string>,
    nodePorts: outputs.nodePorts as NodePorts,
    promised: outputs.verify as WorkstationExpectation,
  };
}
