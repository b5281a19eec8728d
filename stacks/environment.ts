import * as pulumi from "@pulumi/pulumi";
import type { EnvironmentEpochs } from "../components/environment-epochs";
import type { Images } from "../components/images";
import { ConfigError } from "./config-error";
import type { PlatformConfig } from "./platform-config";

/** What an environment's stack tells its tenants' stacks, as its output `tenancy`. Nothing of it is secret. */
export interface Tenancy {
  readonly tenantsNamespace: string;
  readonly monitoringNamespace: string;
  readonly platformNamespace: string;
  /** Namespace of the Secrets with account JWTs. */
  readonly accountsNamespace: string;
  /** Namespace of the Secrets by which users of the tenants' apps are signed. */
  readonly calloutNamespace: string;
  readonly operatorJwt: string;
  readonly operatorPublicKey: string;
  /** Rotation epochs of the keys that tenants are built on. */
  readonly epochs: EnvironmentEpochs;
  readonly systemAccountId: string;
  readonly systemAccountJwt: string;
  readonly natsClusterUrl: string;
  readonly accountSyncUrl: string;
  readonly ceiling: PlatformConfig["tenantCeiling"];
  /** Name of the ResourceQuota of the tenants' namespace. @default none is asked about: there is no cluster, as when a pull request is checked */
  readonly quotaName?: string;
  /** Whether instances have an exporter beside them. */
  readonly metrics: boolean;
  readonly images: Images;
  /** Whether Pulumi refuses to delete the accounts of tenants. */
  readonly protect: boolean;
  /** Secret in the platform's namespace with the `ca.crt` that signed the servers' certificates, when clients use TLS. */
  readonly tlsCaSecret?: string;
}

/** An environment, as a tenant's stack sees it. */
export interface Environment {
  readonly tenancy: Tenancy;
  /** Seed, SO..., of the key that signs accounts. */
  readonly operatorSigningSeed: pulumi.Output<string>;
}

/**
 * Reads the outputs of an environment's stack.
 * @param stack name of the stack; Pulumi itself refuses one that does not exist
 * @throws {ConfigError} if it has none for tenants
 */
export async function readEnvironment(stack: string): Promise<Environment> {
  const reference = new pulumi.StackReference(stack, { name: qualified(stack) });
  const [{ value: tenancy }, { secretValue: seed }] = await Promise.all([
    reference.getOutputDetails("tenancy"),
    reference.getOutputDetails("operatorSigningSeed"),
  ]);
  // The newest of them: without it an instance would have no image.
  if ((tenancy as Tenancy | undefined)?.images === undefined || seed === undefined) {
    const reason = `is a stack without outputs for tenants: it is not up, or was brought up by an older version of this program; run make up STACK=${stack} first`;
    throw new ConfigError([{ key: "tenant.environment", value: stack, reason }]);
  }
  return { tenancy: tenancy as Tenancy, operatorSigningSeed: pulumi.secret(seed as string) };
}

/**
 * Outputs of this very stack, as its last `up` left them.
 * @returns by name; undefined for those that there were not
 */
export async function formerOutputs<Name extends string>(...names: Name[]): Promise<Record<Name, unknown>> {
  const stack = pulumi.getStack();
  const reference = new pulumi.StackReference(stack, { name: qualified(stack) });
  const values = await Promise.all(
    names.map(async (name) => [name, (await reference.getOutputDetails(name)).value] as const),
  );
  return Object.fromEntries(values) as Record<Name, unknown>;
}

/** Stacks of one project belong to one organization; backends without any call it "organization". */
function qualified(stack: string): string {
  return `${pulumi.getOrganization()}/${pulumi.getProject()}/${stack}`;
}
