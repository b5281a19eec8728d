import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { type EnvironmentEpochs, epochAnnotations } from "../environment-epochs";
import { instanceLabels, tenantLabels } from "../labels";
import { ports } from "../platform/ports";
import { type DeploymentArgs, deploymentSpec } from "./deployment";
import { instanceName } from "./names";

/** Arguments of {@link Instance}. */
export interface InstanceArgs extends DeploymentArgs {
  readonly namespace: string;
  readonly environmentEpochs: EnvironmentEpochs;
}

/**
 * One instance of a tenant: a nats-server of its own and the Service that clients connect to.
 * Taken away, the server goes first, so that clients are told and move while their connections still hold.
 */
export class Instance extends pulumi.ComponentResource {
  constructor(name: string, args: InstanceArgs, opts?: pulumi.ComponentResourceOptions) {
    super("nats-platform:tenant:Instance", name, {}, opts);
    const labels = instanceLabels(args.tenant, args.instance);
    const metadata = {
      name: instanceName(args.tenant, args.instance),
      namespace: args.namespace,
      labels: { ...tenantLabels(args.tenant), ...labels },
    };
    const service = new k8s.core.v1.Service(
      name,
      {
        // Pulumi would wait for the server, which is made after it. The Deployment's own wait is enough.
        metadata: { ...metadata, annotations: { "pulumi.com/skipAwait": "true" } },
        spec: {
          selector: labels,
          ports: [
            { name: "nats", port: ports.client, targetPort: "nats" },
            { name: "monitor", port: ports.monitoring, targetPort: "monitor" },
          ],
        },
      },
      { parent: this },
    );
    new k8s.apps.v1.Deployment(
      name,
      {
        metadata: { ...metadata, annotations: epochAnnotations(args.environmentEpochs) },
        spec: deploymentSpec(args),
      },
      { parent: this, dependsOn: [service] },
    );
    this.registerOutputs({});
  }
}
