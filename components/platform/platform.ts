import type * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { PlatformIdentity, type PlatformIdentityArgs } from "../identity/platform-identity";
import { clientNamespaceLabel } from "../labels";
import { protectLasting } from "../protection";
import type { Bucket } from "./bucket-config";
import { Buckets } from "./buckets";
import type { ChartSource } from "./chart-source";
import { type ChartValuesArgs, chartValues } from "./chart-values";
import { accountsNamespace, calloutNamespace } from "./namespaces";
import { networkPolicies } from "./network-policies";
import { authConfig } from "./server-config";
import { authSecret, serverChart, serverNamespace, serverPolicies } from "./servers";
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
    const children = { parent: this };
    const namespace = serverNamespace(name, args.namespace, clientNamespaceLabel, children);
    this.namespace = namespace.metadata.name;
    const accounts = serverNamespace(`${name}-accounts`, accountsNamespace(args.namespace), {}, children);
    this.accountsNamespace = accounts.metadata.name;
    const callout = serverNamespace(`${name}-callout`, calloutNamespace(args.namespace), {}, children);
    this.calloutNamespace = callout.metadata.name;
    this.namespaces = [namespace, accounts, callout];
    this.identity = new PlatformIdentity(
      name,
      { ...args.identity, namespace: this.namespace, accountsNamespace: this.accountsNamespace },
      children,
    );
    const policies = serverPolicies(networkPolicies(args), this.namespace, children);
    const { operatorJwt, systemAccountId, sentinelJwt, preload } = this.identity;
    const config = pulumi.output({ operatorJwt, systemAccountId, sentinelJwt, preload }).apply(authConfig);
    const auth = authSecret(config, this.namespace, children);
    const chart = { source: args.chart, namespace: this.namespace, values: chartValues(args), auth, after: policies };
    serverChart(name, chart, this);
    if (args.buckets.length > 0) this.createBuckets(name, args, policies);
    this.registerOutputs({ namespace: this.namespace });
  }

  /** Beside the servers, not after them: the Job waits for JetStream itself, and its image is there by then. */
  private createBuckets(name: string, args: PlatformArgs, policies: pulumi.Resource[]) {
    new Buckets(
      name,
      {
        namespace: this.namespace,
        url: platformUrls(args).servers,
        image: args.images.natsBox,
        login: { credsSecret: this.identity.credentials["control-plane"].secretName },
        caSecret: args.tls.client ? args.tls.ca : undefined,
        buckets: args.buckets,
      },
      { parent: this, dependsOn: policies },
    );
  }
}
