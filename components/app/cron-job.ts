import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { NatsArgs } from "./nats-args";
import { wiredApp } from "./wired-app";

/** Arguments of {@link AppCronJob}: those of a CronJob, and how it is wired. */
export interface AppCronJobArgs extends k8s.batch.v1.CronJobArgs {
  /** How it is wired to NATS. @default not at all: a plain CronJob */
  readonly nats?: NatsArgs;
}

/**
 * A CronJob that is wired to NATS by its argument `nats`: its pods get the address, the token and the label, and a policy lets them out to NATS. See
 * `natsWiring` for what appears in the pods and `AppEgress` for the policy, whose pods are chosen by the labels of its pod template, which must have one of its own.
 * @throws {WiringError} before anything is made, as those two do; for what is not known yet, when it is
 */
export class AppCronJob extends pulumi.ComponentResource {
  readonly cronJob: k8s.batch.v1.CronJob;

  constructor(name: string, args: AppCronJobArgs, opts?: pulumi.ComponentResourceOptions) {
    const app = wiredApp("CronJob", name, args);
    super("nats-platform:app:AppCronJob", name, {}, opts);
    this.cronJob = new k8s.batch.v1.CronJob(name, app.args, { parent: this, dependsOn: app.before(this) });
    this.registerOutputs({ name: this.cronJob.metadata.name });
  }
}
