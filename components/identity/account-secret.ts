import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { commonLabels } from "../labels";
import { objectName } from "./object-name";

/** Arguments of {@link AccountSecret}. */
export interface AccountSecretArgs {
  /** Name of the account. The Secret is called `nats-account-<name in lower case>`. */
  readonly account: string;
  readonly namespace: pulumi.Input<string>;
  /** Public key of the account. */
  readonly accountId: pulumi.Input<string>;
  readonly jwt: pulumi.Input<string>;
}

/**
 * JWT of one account as a Kubernetes Secret, key `account.jwt`: what the cluster knows of its accounts.
 * Found by label `nats-platform/account: <name>`; annotation `nats-platform/account-id` is the public key.
 * @throws {IdentityError} if no Kubernetes name can be made of the account's
 */
export class AccountSecret extends pulumi.ComponentResource {
  readonly secretName: pulumi.Output<string>;

  constructor(name: string, args: AccountSecretArgs, opts?: pulumi.ComponentResourceOptions) {
    super("nats-platform:identity:AccountSecret", name, {}, opts);
    const secret = new k8s.core.v1.Secret(
      name,
      {
        metadata: {
          name: objectName("account", args.account, (account) => `nats-account-${account}`),
          namespace: args.namespace,
          labels: { ...commonLabels, "nats-platform/account": args.account },
          annotations: { "nats-platform/account-id": args.accountId },
        },
        type: "Opaque",
        data: { "account.jwt": pulumi.output(args.jwt).apply((jwt) => Buffer.from(jwt).toString("base64")) },
      },
      { parent: this },
    );
    this.secretName = secret.metadata.name;
    this.registerOutputs({ secretName: this.secretName });
  }
}
