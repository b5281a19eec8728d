import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { clientLabel, commonLabels } from "../labels";
import { restrictedContainer, restrictedPod } from "../pod-security";
import { finalExitCode } from "./apply-script";
import type { Bucket } from "./bucket-config";
import { bucketFiles, filesDigest } from "./bucket-files";
import type { Stream } from "./stream-config";

/** How the Job logs in, as a user that may manage streams: by a Secret with `nats.creds`, or by one with `username` and `password`. */
export type JobLogin =
  | { readonly credsSecret: pulumi.Input<string> }
  | { readonly passwordSecret: pulumi.Input<string> };

/** Arguments of {@link Buckets}. */
export interface BucketsArgs {
  readonly namespace: pulumi.Input<string>;
  /** Client URLs of the servers, comma-separated. */
  readonly url: string;
  readonly login: JobLogin;
  /** Secret with the `ca.crt` that signed the servers' certificates, when clients use TLS. */
  readonly caSecret?: string;
  /** Image with the `nats` CLI. */
  readonly image: string;
  /** With {@link streams}, at least one. */
  readonly buckets: readonly Bucket[];
  /** @default none */
  readonly streams?: readonly Stream[];
  /** Part of the Job's name, where several accounts of a namespace have one each. @default none */
  readonly suffix?: string;
}

/**
 * Key-value buckets and streams of an account, created and updated in place by a Job inside the cluster; `up` waits for it and fails with it.
 * A changed list is a new Job. What leaves the list is kept: data is only ever deleted by hand.
 */
export class Buckets extends pulumi.ComponentResource {
  constructor(name: string, args: BucketsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("nats-platform:platform:Buckets", name, {}, opts);
    const files = bucketFiles(args.buckets, args.streams);
    const objectName = ["nats-buckets", args.suffix, filesDigest(files)].filter(Boolean).join("-");
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
        // One that failed, because servers were away, would fail every later up.
        metadata: { ...metadata, annotations: { "pulumi.com/replaceUnready": "true" } },
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

function environment(args: BucketsArgs): k8s.types.input.core.v1.EnvVar[] {
  return [
    { name: "NATS_URL", value: args.url },
    ...login(args.login),
    { name: "HOME", value: "/tmp" },
    ...(args.caSecret ? [{ name: "NATS_CA", value: "/ca/ca.crt" }] : []),
  ];
}

function login(login: JobLogin): k8s.types.input.core.v1.EnvVar[] {
  if ("credsSecret" in login) return [{ name: "NATS_CREDS", value: "/creds/nats.creds" }];
  const from = (key: string) => ({ secretKeyRef: { name: login.passwordSecret, key } });
  return [
    { name: "NATS_USER", valueFrom: from("username") },
    { name: "NATS_PASSWORD", valueFrom: from("password") },
  ];
}

function mounts(args: BucketsArgs) {
  return {
    volumeMounts: [
      { name: "buckets", mountPath: "/buckets", readOnly: true },
      ...("credsSecret" in args.login ? [{ name: "creds", mountPath: "/creds", readOnly: true }] : []),
      { name: "tmp", mountPath: "/tmp" },
      ...(args.caSecret ? [{ name: "ca", mountPath: "/ca", readOnly: true }] : []),
    ],
  };
}

function volumes(args: BucketsArgs, configMap: pulumi.Input<string>): k8s.types.input.core.v1.Volume[] {
  return [
    { name: "buckets", configMap: { name: configMap } },
    ...("credsSecret" in args.login ? [{ name: "creds", secret: { secretName: args.login.credsSecret } }] : []),
    { name: "tmp", emptyDir: {} },
    ...(args.caSecret ? [{ name: "ca", secret: { secretName: args.caSecret } }] : []),
  ];
}
