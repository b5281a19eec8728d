import type * as pulumi from "@pulumi/pulumi";
import type { JobLogin } from "../platform/buckets";
import type { Logins, WorkstationAccount } from "./accounts";

/** Arguments of both kinds of identity. */
export interface WorkstationIdentityArgs {
  /** Namespace of the users' Secrets. */
  readonly namespace: pulumi.Input<string>;
  readonly accounts: readonly WorkstationAccount[];
}

/** Who may log in at a workstation, whatever proves it. */
export interface WorkstationIdentity {
  /** The part of nats.conf that says who may log in. Secret. */
  readonly authConfig: pulumi.Output<string>;
  /** Secret. */
  readonly logins: pulumi.Output<Logins>;
  /** Name of the Kubernetes Secret of each user. */
  readonly secretNames: Readonly<Record<string, pulumi.Output<string>>>;
  /** Public key of each account, `SYS` among them; undefined without keys. */
  readonly accountPublicKeys?: Readonly<Record<string, pulumi.Output<string>>>;
  /** How the Job of an account's buckets and streams logs in. */
  jobLogin(account: WorkstationAccount): JobLogin;
}
