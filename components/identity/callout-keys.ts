import { createHash } from "node:crypto";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { commonLabels } from "../labels";
import { signingKey, signingSecretName, xkeyKey, xkeySecretName } from "./object-name";

/** Arguments of {@link CalloutKeys}. */
export interface CalloutKeysArgs {
  readonly namespace: pulumi.Input<string>;
  /** Seed, SA..., of a signing key of account AUTH. Secret. */
  readonly signingSeed: pulumi.Input<string>;
  /** Seeds, SX..., of the keys that servers encrypt to. Secret. */
  readonly xkeySeeds: pulumi.Input<string[]>;
}

/**
 * Keys of the authorization callout as Kubernetes Secrets. They are two, because `verify` is given the one that reads requests, and not the one
 * that answers them.
 */
export class CalloutKeys extends pulumi.ComponentResource {
  /** Known only once the Secret exists. */
  readonly signingSecret: pulumi.Output<string>;
  /** Known only once the Secret exists. */
  readonly xkeySecret: pulumi.Output<string>;
  /** Tells one set of keys from another, and nothing of them. */
  readonly checksum: pulumi.Output<string>;

  constructor(name: string, args: CalloutKeysArgs, opts?: pulumi.ComponentResourceOptions) {
    super("nats-platform:identity:CalloutKeys", name, {}, opts);
    const { namespace, signingSeed, xkeySeeds } = args;
    const secret = (use: string, secretName: string, key: string, value: pulumi.Input<string>) =>
      new k8s.core.v1.Secret(
        `${name}-${use}`,
        {
          metadata: { name: secretName, namespace, labels: commonLabels },
          type: "Opaque",
          data: { [key]: pulumi.secret(value).apply((text) => Buffer.from(text).toString("base64")) },
        },
        { parent: this },
      ).metadata.name;
    const xkeys = pulumi.output(xkeySeeds).apply((seeds) => seeds.map((seed) => `${seed}\n`).join(""));
    this.signingSecret = secret("signing", signingSecretName, signingKey, signingSeed);
    this.xkeySecret = secret("xkey", xkeySecretName, xkeyKey, xkeys);
    this.checksum = pulumi.unsecret(
      pulumi.all([signingSeed, xkeys]).apply((seeds) => createHash("sha256").update(seeds.join("\n")).digest("hex")),
    );
    this.registerOutputs({ checksum: this.checksum });
  }
}
