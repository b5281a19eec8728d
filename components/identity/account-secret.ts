import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { type EnvironmentEpochs, epochAnnotations } from "../environment-epochs";
import { accountFinalizer, accountIdAnnotation, accountLabel, commonLabels, tenantLabel } from "../labels";
import { objectName } from "./object-name";

/** Arguments of {@link AccountSecret}. */
export interface AccountSecretArgs {
  /** Name of the account. The Secret is called `nats-account-<name in lower case>`. */
  readonly account: string;
  readonly namespace: pulumi.Input<string>;
  /** Public key of the account. */
  readonly accountId: pulumi.Input<string>;
  readonly jwt: pulumi.Input<string>;
  /**
   * Set for the account of a tenant, which may go: its Secret is held back until the account is off every server.
   * @default an account of the platform itself, which stays
   */
  readonly tenant?: {
    /** Id of the tenant. */
    readonly id: string;
    /** JWT by which servers delete the account (claims/deletion.ts). Secret: whoever has it can delete the account. */
    readonly deletionJwt: pulumi.Input<string>;
    /** Epochs of the environment's keys that it is made with. */
    readonly epochs: EnvironmentEpochs;
  };
}

/**
 * JWT of one account as a Kubernetes Secret, key `account.jwt`: what the cluster knows of its accounts.
 * Found by label `nats-platform/account: <name>`; annotation `nats-platform/account-id` is the public key.
 * That of a tenant's account also has label `nats-platform/tenant: <id>`, key `delete.jwt`, and a finalizer that account-sync takes away.
 * `delete.jwt` is signed beforehand, so that no key of the operator has to be in the cluster when the account goes.
 * @throws {IdentityError} if no Kubernetes name can be made of the account's
 */
export class AccountSecret extends pulumi.ComponentResource {
  readonly secretName: pulumi.Output<string>;

  constructor(name: string, args: AccountSecretArgs, opts?: pulumi.ComponentResourceOptions) {
    super("nats-platform:identity:AccountSecret", name, {}, opts);
    const { account, tenant } = args;
    const secret = new k8s.core.v1.Secret(
      name,
      {
        metadata: {
          name: objectName("account", account, (text) => `nats-account-${text}`),
          namespace: args.namespace,
          labels: { ...commonLabels, [accountLabel]: account, ...(tenant ? { [tenantLabel]: tenant.id } : {}) },
          annotations: { [accountIdAnnotation]: args.accountId, ...(tenant ? epochAnnotations(tenant.epochs) : {}) },
          ...(tenant ? { finalizers: [accountFinalizer] } : {}),
        },
        type: "Opaque",
        data: {
          "account.jwt": pulumi.output(args.jwt).apply(base64),
          ...(tenant ? { "delete.jwt": pulumi.secret(tenant.deletionJwt).apply(base64) } : {}),
        },
      },
      { parent: this },
    );
    this.secretName = secret.metadata.name;
    this.registerOutputs({ secretName: this.secretName });
  }
}

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}
