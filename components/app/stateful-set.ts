import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { NatsArgs } from "./nats-args";
import { wiredApp } from "./wired-app";

/** Arguments of {@link AppStatefulSet}: those of a StatefulSet, and how it is wired. */
export interface AppStatefulSetArgs extends k8s.apps.v1.StatefulSetArgs {
  /** How it is wired to NATS. @default not at all: a plain StatefulSet */
  readonly nats?: NatsArgs;
}

/**
 * A StatefulSet that is wired to NATS by its argument `nats`: its pods get the address, the token and the label, and a policy lets them out to NATS. See
 * `natsWiring` for what appears in the pods and `AppEgress` for the policy, whose pods are chosen by its selector.
 * @throws {WiringError} before anything is made, as those two do; for what is not known yet, when it is
 */
export class AppStatefulSet extends pulumi.ComponentResource {
  readonly statefulSet: k8s.apps.v1.StatefulSet;

  constructor(name: string, args: AppStatefulSetArgs, opts?: pulumi.ComponentResourceOptions) {
    const app = wiredApp("StatefulSet", name, args);
    super("nats-platform:app:AppStatefulSet", name, {}, opts);
    this.statefulSet = new k8s.apps.v1.StatefulSet(name, app.args, { parent: this, dependsOn: app.before(this) });
    this.registerOutputs({ name: this.statefulSet.metadata.name });
  }
}
