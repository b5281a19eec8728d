import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { commonLabels } from "../labels";
import { ciliumEgress, kubernetesEgress, type PodSelector, requireEgress, workloadSelector } from "./egress";
import { whenKnown } from "./inputs";
import { type NatsArgs, natsSettings } from "./nats-args";
import { isOpen } from "./template";

/** Arguments of {@link AppEgress}. */
export interface AppEgressArgs {
  /** Name of the workload: the policy is called `<workload>-nats`. @default Pulumi makes a name up */
  readonly workload?: pulumi.Input<string | undefined>;
  /** Namespace of the workload. @default the provider's */
  readonly namespace?: pulumi.Input<string | undefined>;
  /** Selects the workload's pods by at least one label: an empty selector would be about every pod of the namespace. */
  readonly selector: pulumi.Input<PodSelector>;
  /** How the workload is wired. While it is not `enabled`, or `networkPolicy` is `none`, there is no policy. @default off */
  readonly nats?: NatsArgs;
}

/**
 * The policy that lets an app's pods out to NATS and to DNS, as `networkPolicy` chooses: a NetworkPolicy or a CiliumNetworkPolicy, never both. The app
 * components have one; make one yourself for a workload that `natsTransform` wires. It is to be there before the pods are, which may wait for NATS to get ready.
 *
 * Pods with a policy for egress are let out to nothing else: what the app calls beside NATS needs policies of its own. Policies add up.
 * @throws {WiringError} if an argument is out of range, the selector is empty, or the chosen kind of policy cannot name the address
 */
export class AppEgress extends pulumi.ComponentResource {
  constructor(name: string, args: AppEgressArgs, opts?: pulumi.ComponentResourceOptions) {
    const settings = natsSettings(args.nats);
    const { enabled, networkPolicy } = settings;
    const check = (pods: unknown) => workloadSelector(pods, `AppEgress "${name}"`);
    // Again when all of it is known: a part that is not known now may turn out to be empty.
    const selector = pulumi.output(whenKnown(args.selector, isOpen, check)).apply(check);
    if (enabled) requireEgress(settings);
    super("nats-platform:app:AppEgress", name, {}, opts);
    const metadata = {
      name: pulumi.output(args.workload).apply((workload) => workload && `${workload}-nats`) as pulumi.Output<string>,
      namespace: args.namespace as pulumi.Input<string>,
      labels: commonLabels,
    };
    if (enabled && networkPolicy === "kubernetes") {
      const spec = selector.apply((pods) => kubernetesEgress(settings, pods));
      new k8s.networking.v1.NetworkPolicy(name, { metadata, spec: spec as NetworkPolicySpec }, { parent: this });
    }
    if (enabled && networkPolicy === "cilium") {
      const spec = selector.apply((pods) => ciliumEgress(settings, pods));
      const kind = { apiVersion: "cilium.io/v2", kind: "CiliumNetworkPolicy" };
      new k8s.apiextensions.CustomResource(name, { ...kind, metadata, spec }, { parent: this });
    }
    this.registerOutputs({});
  }
}

type NetworkPolicySpec = pulumi.Input<k8s.types.input.networking.v1.NetworkPolicySpec>;
