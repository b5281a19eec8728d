import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { NatsArgs } from "./nats-args";
import { wiredApp } from "./wired-app";

/** Arguments of {@link AppDeployment}: those of a Deployment, and how it is wired. */
export interface AppDeploymentArgs extends k8s.apps.v1.DeploymentArgs {
  /** How it is wired to NATS. @default not at all: a plain Deployment */
  readonly nats?: NatsArgs;
}

/**
 * A Deployment that is wired to NATS by its argument `nats`: its pods get the address, the token and the label, and a policy lets them out to NATS. See
 * `natsWiring` for what appears in the pods and `AppEgress` for the policy, whose pods are chosen by its selector.
 * @throws {WiringError} before anything is made, as those two do; for what is not known yet, when it is
 */
export class AppDeployment extends pulumi.ComponentResource {
  readonly deployment: k8s.apps.v1.Deployment;

  constructor(name: string, args: AppDeploymentArgs, opts?: pulumi.ComponentResourceOptions) {
    const app = wiredApp("Deployment", name, args);
    super("nats-platform:app:AppDeployment", name, {}, opts);
    this.deployment = new k8s.apps.v1.Deployment(name, app.args, { parent: this, dependsOn: app.before(this) });
    this.registerOutputs({ name: this.deployment.metadata.name });
  }
}
