import { createHash } from "node:crypto";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { PlatformIdentity, type PlatformIdentityArgs } from "../identity/platform-identity";
import { clientNamespaceLabel, commonLabels } from "../labels";
import { restrictedNamespaceLabels } from "../pod-security";
import { protectLasting } from "../protection";
import type { Bucket } from "./bucket-config";
import { Buckets } from "./buckets";
import { type ChartSource, chartVersion } from "./chart-source";
import { type ChartValuesArgs, chartValues } from "./chart-values";
import { accountsNamespace, calloutNamespace } from "./namespaces";
import { networkPolicies } from "./network-policies";
import { names } from "./ports";
import { authConfig } from "./server-config";
import { platformUrls } from "./urls";

/** Arguments of {@link Platform}. */
export interface PlatformArgs extends ChartValuesArgs {
  /** Namespace of its own, created with PodSecurity `restricted`. */
  readonly namespace: string;
  /** Whether Pulumi refuses to delete or replace what no `up` brings back, see {@link protectLasting}. */
  readonly protect: boolean;
  readonly chart: ChartSource;
  /** Operator, accounts and users. */
  readonly identity: Omit<PlatformIdentityArgs, "namespace" | "accountsNamespace">;
  /** Key-value buckets of the platform account. Empty without JetStream. */
  readonly buckets: readonly Bucket[];
}

/**
 * The platform: a cluster of nats-servers in operator mode, with JetStream, in a namespace of its own, through the official chart.
 * Every object of the chart is a resource of its own, so that previews show real differences and policies see all of them.
 */
export class Platform extends pulumi.ComponentResource {
  readonly identity: PlatformIdentity;
  readonly namespace: pulumi.Output<string>;
  /** Namespace of the Secrets with account JWTs. */
  readonly accountsNamespace: pulumi.Output<string>;
  /** Namespace of the Secrets by which users of the tenants' apps are signed. */
  readonly calloutNamespace: pulumi.Output<string>;
  /** All of them, for what must not be touched when `protect` refuses to replace them. */
  readonly namespaces: readonly k8s.core.v1.Namespace[];

  constructor(name: string, args: PlatformArgs, opts?: pulumi.ComponentResourceOptions) {
    const protection = { transforms: [protectLasting(args.protect)] };
    super("nats-platform:platform:Platform", name, {}, pulumi.mergeOptions(opts, protection));
    const namespace = this.createNamespace(name, args.namespace, clientNamespaceLabel);
    this.namespace = namespace.metadata.name;
    const accounts = this.createNamespace(`${name}-accounts`, accountsNamespace(args.namespace), {});
    this.accountsNamespace = accounts.metadata.name;
    const callout = this.createNamespace(`${name}-callout`, calloutNamespace(args.namespace), {});
    this.calloutNamespace = callout.metadata.name;
    this.namespaces = [namespace, accounts, callout];
    this.identity = new PlatformIdentity(
      name,
      { ...args.identity, namespace: this.namespace, accountsNamespace: this.accountsNamespace },
      { parent: this },
    );
    const policies = this.createNetworkPolicies(args);
    const auth = this.createAuthSecret();
    this.createServers(name, args, auth, policies);
    if (args.buckets.length > 0) this.createBuckets(name, args, policies);
    this.registerOutputs({ namespace: this.namespace });
  }

  private createNamespace(name: string, namespace: string, labels: object) {
    return new k8s.core.v1.Namespace(
      // Not the namespace's own name: another one must be a replacement, which `protect` refuses before anything else is touched.
      name,
      { metadata: { name: namespace, labels: { ...commonLabels, ...labels, ...restrictedNamespaceLabels } } },
      { parent: this },
    );
  }

  private createNetworkPolicies(args: PlatformArgs) {
    return networkPolicies(args).map(
      ({ name, spec }) =>
        new k8s.networking.v1.NetworkPolicy(
          name,
          { metadata: { name, namespace: this.namespace, labels: commonLabels }, spec },
          { parent: this },
        ),
    );
  }

  private createAuthSecret() {
    const { operatorJwt, systemAccountId, sentinelJwt, preload } = this.identity;
    const config = pulumi.secret(
      pulumi.output({ operatorJwt, systemAccountId, sentinelJwt, preload }).apply(authConfig),
    );
    const secret = new k8s.core.v1.Secret(
      names.authSecret,
      {
        metadata: { name: names.authSecret, namespace: this.namespace, labels: commonLabels },
        data: { "auth.conf": config.apply(base64) },
      },
      { parent: this },
    );
    return { secret, checksum: pulumi.unsecret(config.apply(sha256)) };
  }

  private createServers(
    name: string,
    args: PlatformArgs,
    auth: { secret: pulumi.Resource; checksum: pulumi.Output<string> },
    policies: pulumi.Resource[],
  ) {
    const source = args.chart.path
      ? { chart: args.chart.path }
      : { chart: "nats", version: chartVersion, repositoryOpts: { repo: args.chart.repository } };
    new k8s.helm.v4.Chart(
      name,
      { ...source, name: names.release, namespace: this.namespace, values: chartValues(args) },
      { parent: this, dependsOn: [auth.secret, ...policies], transforms: [restartOnChange(auth.checksum)] },
    );
  }

  /** Beside the servers, not after them: the Job waits for JetStream itself, and its image is there by then. */
  private createBuckets(name: string, args: PlatformArgs, policies: pulumi.Resource[]) {
    new Buckets(
      name,
      {
        namespace: this.namespace,
        url: platformUrls(args).servers,
        image: args.images.natsBox,
        credsSecret: this.identity.credentials["control-plane"].secretName,
        caSecret: args.tls.client ? args.tls.ca : undefined,
        buckets: args.buckets,
      },
      { parent: this, dependsOn: policies },
    );
  }
}

/**
 * Puts a checksum of the servers' identity on their pods, so that a changed one is rolled out server by server:
 * a running server does not take a new operator JWT. It is a transform because the chart's values must not differ between deployments.
 */
function restartOnChange(checksum: pulumi.Output<string>): pulumi.ResourceTransform {
  return ({ type, props, opts }) => {
    if (type !== "kubernetes:apps/v1:StatefulSet") return undefined;
    const template = props.spec.template;
    const annotations = { ...template.metadata?.annotations, "nats-platform/auth-checksum": checksum };
    const annotated = { ...template, metadata: { ...template.metadata, annotations } };
    return { props: { ...props, spec: { ...props.spec, template: annotated } }, opts };
  };
}

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
