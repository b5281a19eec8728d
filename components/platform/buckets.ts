import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { clientLabel, commonLabels } from "../labels";
import { restrictedContainer, restrictedPod } from "../pod-security";
import { type Bucket, bucketFiles, filesDigest, finalExitCode } from "./bucket-config";

/** Arguments of {@link Buckets}. */
export interface BucketsArgs {
  readonly namespace: pulumi.Input<string>;
  /** Client URLs of the platform, comma-separated. */
  readonly url: string;
  /** Secret with `nats.creds` of a user that may manage streams. */
  readonly credsSecret: pulumi.Input<string>;
  /** Secret with the `ca.crt` that signed the servers' certificates, when clients use TLS. */
  readonly caSecret?: string;
  /** Image with the `nats` CLI. */
  readonly image: string;
  /** At least one. */
  readonly buckets: readonly Bucket[];
}

/**
 * Key-value buckets, created and updated in place by a Job inside the cluster; `up` waits for it and fails with it.
 * A changed list is a new Job. A bucket that leaves the list is kept: data is only ever deleted by hand.
 */
export class Buckets extends pulumi.ComponentResource {
  constructor(name: string, args: BucketsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("nats-platform:platform:Buckets", name, {}, opts);
    const files = bucketFiles(args.buckets);
    const objectName = `nats-buckets-${filesDigest(files)}`;
    const metadata = { name: objectName, namespace: args.namespace, labels: commonLabels };
    // Deleted before the next one is made, or a refused change could not be taken back: the name it goes back to would still be taken.
    const children = { parent: this, deleteBeforeReplace: true };
    const configMap = new k8s.core.v1.ConfigMap(name, { metadata, data: files }, children);
    const container = {
      name: "apply",
      image: args.image,
      command: ["sh", "/buckets/apply.sh"],
      env: environment(args),
      resources: { requests: { cpu: "10m", memory: "32Mi" }, limits: { cpu: "500m", memory: "128Mi" } },
      securityContext: restrictedContainer,
      ...mounts(args),
    };
    new k8s.batch.v1.Job(
      name,
      {
        metadata,
        spec: {
          backoffLimit: 2,
          podFailurePolicy: {
            rules: [
              {
                action: "FailJob",
                onExitCodes: { containerName: container.name, operator: "In", values: [finalExitCode] },
              },
            ],
          },
          template: {
            metadata: { labels: { ...commonLabels, ...clientLabel, "app.kubernetes.io/name": "nats-buckets" } },
            spec: {
              automountServiceAccountToken: false,
              enableServiceLinks: false,
              restartPolicy: "Never",
              securityContext: restrictedPod,
              containers: [container],
              volumes: volumes(args, configMap.metadata.name),
            },
          },
        },
      },
      children,
    );
    this.registerOutputs({});
  }
}

function environment(args: BucketsArgs) {
  const env = [
    { name: "NATS_URL", value: args.url },
    { name: "NATS_CREDS", value: "/creds/nats.creds" },
    { name: "HOME", value: "/tmp" },
  ];
  return args.caSecret ? [...env, { name: "NATS_CA", value: "/ca/ca.crt" }] : env;
}

function mounts(args: BucketsArgs) {
  const volumeMounts = [
    { name: "buckets", mountPath: "/buckets", readOnly: true },
    { name: "creds", mountPath: "/creds", readOnly: true },
    { name: "tmp", mountPath: "/tmp" },
  ];
  return {
    volumeMounts: args.caSecret ? [...volumeMounts, { name: "ca", mountPath: "/ca", readOnly: true }] : volumeMounts,
  };
}

function volumes(args: BucketsArgs, configMap: pulumi.Input<string>): k8s.types.input.core.v1.Volume[] {
  const list: k8s.types.input.core.v1.Volume[] = [
    { name: "buckets", configMap: { name: configMap } },
    { name: "creds", secret: { secretName: args.credsSecret } },
    { name: "tmp", emptyDir: {} },
  ];
  return args.caSecret ? [...list, { name: "ca", secret: { secretName: args.caSecret } }] : list;
}
