import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { clientNamespaceLabel, tenantLabels } from "../labels";
import { defaultDeny } from "../network-policy";
import { restrictedNamespaceLabels } from "../pod-security";

/** Arguments of {@link AppNamespace}. */
export interface AppNamespaceArgs {
  /** Name of the namespace: a DNS label. Its apps publish and subscribe below it, `<namespace>.>`. */
  readonly namespace: string;
  /** Id of the tenant whose apps it has. Who may label namespaces says which tenant a ServiceAccount is of. */
  readonly tenant: string;
}

/**
 * A namespace for a tenant's apps: they log in to NATS by their ServiceAccounts, as the tenant's. Created with PodSecurity `restricted`, and
 * everything denied both ways that no policy of an app allows.
 */
export class AppNamespace extends pulumi.ComponentResource {
  /** Known only once the namespace, and that nothing is allowed in it, exist. */
  readonly namespace: pulumi.Output<string>;

  constructor(name: string, args: AppNamespaceArgs, opts?: pulumi.ComponentResourceOptions) {
    super("nats-platform:app:AppNamespace", name, {}, opts);
    const labels = { ...tenantLabels(args.tenant), ...clientNamespaceLabel, ...restrictedNamespaceLabels };
    const namespace = new k8s.core.v1.Namespace(name, { metadata: { name: args.namespace, labels } }, { parent: this });
    const policy = new k8s.networking.v1.NetworkPolicy(
      `${name}-${defaultDeny.name}`,
      {
        metadata: { name: defaultDeny.name, namespace: namespace.metadata.name, labels: tenantLabels(args.tenant) },
        spec: defaultDeny.spec,
      },
      { parent: this },
    );
    this.namespace = policy.metadata.namespace;
    this.registerOutputs({ namespace: this.namespace });
  }
}
