import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { tenantLabels } from "../labels";
import type { DeploymentArgs } from "./deployment";
import { TenantIdentity, type TenantIdentityArgs } from "./identity";
import { Instance } from "./instance";
import { configName, instanceName, serviceAccountName } from "./names";
import { instanceConfig, restartDigest } from "./nats-config";
import { type TenantPolicyArgs, tenantPolicies } from "./network-policies";

/** Arguments of {@link Tenant}. */
export interface TenantArgs
  extends TenantIdentityArgs,
    TenantPolicyArgs,
    Pick<DeploymentArgs, "resources" | "metrics" | "images" | "nodeSelector"> {
  /** Number of instances; with 0 the tenant has its account on the platform only. */
  readonly instances: number;
  readonly operatorJwt: pulumi.Input<string>;
  /** Public key of the system account. */
  readonly systemAccountId: pulumi.Input<string>;
  readonly systemAccountJwt: pulumi.Input<string>;
}

/** A tenant: its account and users, its instances, and the policies that keep others away from them. */
export class Tenant extends pulumi.ComponentResource {
  readonly identity: TenantIdentity;
  /** Whatever waits for the account to be in force on every server waits for these first. */
  readonly instances: readonly pulumi.Resource[];

  constructor(name: string, args: TenantArgs, opts?: pulumi.ComponentResourceOptions) {
    super("nats-platform:tenant:Tenant", name, {}, opts);
    this.identity = new TenantIdentity(name, args, { parent: this });
    const policies = this.createPolicies(args);
    this.instances = args.instances > 0 ? this.createInstances(args, policies) : [];
    this.registerOutputs({});
  }

  private createPolicies(args: TenantArgs) {
    return tenantPolicies(args).map(
      (policy) =>
        new k8s.networking.v1.NetworkPolicy(
          policy.name,
          { metadata: { ...metadata(args, policy.name), annotations: policy.annotations }, spec: policy.spec },
          { parent: this },
        ),
    );
  }

  private createInstances(args: TenantArgs, policies: pulumi.Resource[]) {
    const config = pulumi.output({
      operatorJwt: args.operatorJwt,
      systemAccountId: args.systemAccountId,
      systemAccountJwt: args.systemAccountJwt,
      accountId: this.identity.accountId,
      accountJwt: this.identity.accountJwt,
    });
    const secret = new k8s.core.v1.Secret(
      configName(args.tenant),
      {
        metadata: metadata(args, configName(args.tenant)),
        type: "Opaque",
        data: { "nats.conf": pulumi.secret(config.apply(instanceConfig)).apply(base64) },
      },
      { parent: this },
    );
    const account = new k8s.core.v1.ServiceAccount(
      serviceAccountName(args.tenant),
      { metadata: metadata(args, serviceAccountName(args.tenant)), automountServiceAccountToken: false },
      { parent: this },
    );
    return Array.from({ length: args.instances }, (_, index) => {
      const { tenant, resources, metrics, images, nodeSelector, environmentEpochs } = args;
      const instance = { tenant, resources, metrics, images, nodeSelector, environmentEpochs, instance: index + 1 };
      return new Instance(
        instanceName(tenant, index + 1),
        { ...instance, namespace: args.tenantsNamespace, restartDigest: config.apply(restartDigest) },
        // The policies first: no server is reachable for a moment by whom it should not be.
        { parent: this, dependsOn: [secret, account, ...policies] },
      );
    });
  }
}

function metadata({ tenant, tenantsNamespace }: TenantArgs, name: string) {
  return {
    name,
    namespace: tenantsNamespace,
    labels: tenantLabels(tenant),
  };
}

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}
