import type * as pulumi from "@pulumi/pulumi";
import { kindOfType } from "./kinds";
import type { NatsArgs } from "./nats-args";
import { fieldsOf } from "./template";
import { wiredObject } from "./wired-app";
import { natsWiring } from "./wiring";

/** A workload that {@link natsTransform} has met. */
export interface MetWorkload {
  /** `Deployment`, `StatefulSet`, `DaemonSet`, `ReplicaSet`, `Job`, `CronJob` or `Pod`. */
  readonly kind: string;
  /** Name of the Pulumi resource. A chart's are called `<chart>:<namespace>/<name>`. */
  readonly resource: string;
  /** Name of the object; undefined where it is made up, or not known yet. */
  readonly name?: string;
  /** Namespace of the object; undefined where it is the provider's, or not known yet. */
  readonly namespace?: string;
}

/** Options of {@link natsTransform}. */
export interface NatsTransformOptions {
  /** Which workloads are wired: names of the objects or of the Pulumi resources, or a function that decides. @default all */
  readonly only?: readonly string[] | ((workload: MetWorkload) => boolean);
}

/**
 * Wires workloads that someone else's component makes, such as a chart: `new Chart(..., { transforms: [natsTransform({ enabled: true })] })`.
 * Deployments, StatefulSets, DaemonSets, ReplicaSets, Jobs, CronJobs and Pods of their current API versions are wired as `natsWiring` does; all else is left
 * alone. The rule for egress is not in it: make an `AppEgress` beside it.
 * @throws {WiringError} at once if an argument is out of range; for a workload that cannot be wired, when Pulumi comes to it
 * @see https://www.pulumi.com/docs/iac/concepts/options/transforms/
 */
export function natsTransform(args: NatsArgs, { only }: NatsTransformOptions = {}): pulumi.ResourceTransform {
  const wiring = natsWiring(args);
  return ({ type, name: resource, props, opts }) => {
    const kind = kindOfType(type);
    if (!kind) return undefined;
    const { name, namespace } = fieldsOf(props.metadata);
    const workload = { kind: kind.kind, resource, name: textOr(name), namespace: textOr(namespace) };
    if (!isChosen(workload, only)) return undefined;
    return { props: wiredObject(kind, props, wiring, `${kind.kind} "${resource}"`) as pulumi.Inputs, opts };
  };
}

function isChosen(workload: MetWorkload, only: NatsTransformOptions["only"]): boolean {
  if (only === undefined) return true;
  if (typeof only === "function") return only(workload);
  return only.includes(workload.resource) || (workload.name !== undefined && only.includes(workload.name));
}

function textOr(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
