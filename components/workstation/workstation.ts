import * as pulumi from "@pulumi/pulumi";
import { objectName } from "../identity/object-name";
import { Buckets } from "../platform/buckets";
import type { ChartSource } from "../platform/chart-source";
import { authSecret, serverChart, serverNamespace, serverPolicies } from "../platform/servers";
import { platformUrls } from "../platform/urls";
import { protectLasting } from "../protection";
import type { WorkstationAccount } from "./accounts";
import { type WorkstationValuesArgs, workstationValues } from "./chart-values";
import type { WorkstationIdentity } from "./identity";
import { JwtIdentity } from "./jwt-identity";
import { workstationPolicies } from "./network-policies";
import { StaticIdentity } from "./static-identity";

/** Arguments of {@link Workstation}. */
export interface WorkstationArgs extends WorkstationValuesArgs {
  /** Namespace of its own, created with PodSecurity `restricted`. */
  readonly namespace: string;
  /** Whether Pulumi refuses to delete or replace what no `up` brings back, see {@link protectLasting}. */
  readonly protect: boolean;
  readonly chart: ChartSource;
  /** By JWTs and creds, or by passwords that everybody knows. */
  readonly auth: "jwt" | "static";
  /** Rotation epoch of all keys, a whole number from 1. Of passwords there is none. */
  readonly epoch: number;
  readonly accounts: readonly WorkstationAccount[];
}

/** One nats-server with JetStream for a developer's cluster, through the official chart, with the accounts, buckets and streams of a team. */
export class Workstation extends pulumi.ComponentResource {
  readonly identity: WorkstationIdentity;
  readonly namespace: pulumi.Output<string>;

  constructor(name: string, args: WorkstationArgs, opts?: pulumi.ComponentResourceOptions) {
    const protection = { transforms: [protectLasting(args.protect)] };
    super("nats-platform:workstation:Workstation", name, {}, pulumi.mergeOptions(opts, protection));
    const children = { parent: this };
    const { accounts, auth, epoch } = args;
    this.namespace = serverNamespace(name, args.namespace, {}, children).metadata.name;
    const { namespace } = this;
    this.identity =
      auth === "jwt"
        ? new JwtIdentity(name, { namespace, accounts, epoch }, children)
        : new StaticIdentity(name, { namespace, accounts }, children);
    const policies = serverPolicies(workstationPolicies, namespace, children);
    const secret = authSecret(this.identity.authConfig, namespace, children);
    const chart = {
      source: args.chart,
      namespace,
      values: workstationValues(args),
      auth: secret,
      after: policies,
    };
    serverChart(name, chart, this);
    for (const account of accounts) {
      if (account.buckets.length + account.streams.length > 0) this.createBuckets(name, account, args, policies);
    }
    this.registerOutputs({ namespace });
  }

  /** Beside the server, not after it: the Job waits for JetStream itself. */
  private createBuckets(name: string, account: WorkstationAccount, args: WorkstationArgs, policies: pulumi.Resource[]) {
    const suffix = objectName("account", account.name, (text) => text);
    new Buckets(
      `${name}-${suffix}`,
      {
        namespace: this.namespace,
        url: platformUrls({ namespace: args.namespace, replicas: 1, tls: {} }).servers,
        image: args.images.natsBox,
        login: this.identity.jobLogin(account),
        buckets: account.buckets,
        streams: account.streams,
        suffix,
      },
      { parent: this, dependsOn: policies },
    );
  }
}
