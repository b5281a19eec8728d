import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { NatsArgs } from "./nats-args";
import { wiredApp } from "./wired-app";

/** Arguments of {@link AppJob}: those of a Job, and how it is wired. */
export interface AppJobArgs extends k8s.batch.v1.JobArgs {
  /** How it is wired to NATS. @default not at all: a plain Job */
  readonly nats?: NatsArgs;
}

/**
 * A Job that is wired to NATS by its argument `nats`: its pods get the address, the token and the label, and a policy lets them out to NATS. See
 * `natsWiring` for what appears in the pods and `AppEgress` for the policy, whose pods are chosen by the labels of its pod template, which must have one of its own.
 * @throws {WiringError} before anything is made, as those two do; for what is not known yet, when it is
 */
export class AppJob extends pulumi.ComponentResource {
  readonly job: k8s.batch.v1.Job;

  constructor(name: string, args: AppJobArgs, opts?: pulumi.ComponentResourceOptions) {
    const app = wiredApp("Job", name, args);
    super("nats-platform:app:AppJob", name, {}, opts);
    this.job = new k8s.batch.v1.Job(name, app.args, { parent: this, dependsOn: app.before(this) });
    this.registerOutputs({ name: this.job.metadata.name });
  }
}
