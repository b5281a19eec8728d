import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { commonLabels } from "../labels";
import { credsSecretName, objectName } from "./object-name";

/** Arguments of {@link CredentialsSecret}. */
export interface CredentialsSecretArgs {
  /** Name of the user. The Secret is called `nats-<user>-creds`. */
  readonly user: string;
  readonly namespace: pulumi.Input<string>;
  /** Text of the creds file. */
  readonly creds: pulumi.Input<string>;
  /** Further labels. @default none */
  readonly labels?: Readonly<Record<string, string>>;
}

/**
 * Creds of one user as a Kubernetes Secret `nats-<user>-creds`, key `nats.creds`.
 * @throws {IdentityError} if no Kubernetes name can be made of the user's
 */
export class CredentialsSecret extends pulumi.ComponentResource {
  /** Known only once the Secret exists, so whoever mounts it waits for it. */
  readonly secretName: pulumi.Output<string>;

  constructor(name: string, args: CredentialsSecretArgs, opts?: pulumi.ComponentResourceOptions) {
    super("nats-platform:identity:CredentialsSecret", name, {}, opts);
    const secret = new k8s.core.v1.Secret(
      name,
      {
        metadata: {
          name: objectName("user", args.user, credsSecretName),
          namespace: args.namespace,
          labels: { ...commonLabels, ...args.labels },
        },
        type: "Opaque",
        // `data`, not `stringData`: the API server answers with the former only, so a refresh would report the latter as gone.
        data: { "nats.creds": pulumi.secret(args.creds).apply((text) => Buffer.from(text).toString("base64")) },
      },
      { parent: this },
    );
    this.secretName = secret.metadata.name;
    this.registerOutputs({ secretName: this.secretName });
  }
}
