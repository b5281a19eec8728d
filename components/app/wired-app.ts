import type * as pulumi from "@pulumi/pulumi";
import { AppEgress, type AppEgressArgs } from "./app-egress";
import { requireEgress, templateSelector, workloadSelector } from "./egress";
import { changedAt, valueAt, whenKnown } from "./inputs";
import { type WorkloadKind, workloadKinds } from "./kinds";
import { type NatsArgs, natsSettings } from "./nats-args";
import { fieldsOf, isOpen, isStructureKnown, type PodTemplate } from "./template";
import { natsWiring, type Wiring } from "./wiring";

/** What an app component makes. */
export interface WiredApp<Args> {
  /** Arguments of the Kubernetes object, its pod template wired. */
  readonly args: Omit<Args, "nats">;
  /** Makes what must be there before the object; nothing while wiring is off. */
  readonly before: (parent: pulumi.Resource) => pulumi.Resource[];
}

/**
 * What the app components have in common. What is known is wired and checked now; a template that is an Output, or whose lists or names are, when it is known.
 * @param name of the Pulumi resource
 * @throws {WiringError} as natsWiring and AppEgress do, before anything is registered
 */
export function wiredApp<Args extends { readonly nats?: NatsArgs }>(
  kind: "Deployment" | "StatefulSet" | "Job" | "CronJob",
  name: string,
  { nats, ...args }: Args,
): WiredApp<Args> {
  const settings = natsSettings(nats);
  if (!settings.enabled) return { args, before: () => [] };
  const subject = `${kind} "${name}"`;
  const wired = wiredObject(workloadKinds[kind], args, natsWiring(nats), subject);
  if (settings.networkPolicy === "none") return { args: wired as Omit<Args, "nats">, before: () => [] };
  requireEgress(settings);
  const egress: AppEgressArgs = {
    nats,
    workload: valueAt(args, ["metadata", "name"]) as pulumi.Input<string | undefined>,
    namespace: valueAt(args, ["metadata", "namespace"]) as pulumi.Input<string | undefined>,
    selector: selectorOf(kind, args, subject),
  };
  return {
    args: wired as Omit<Args, "nats">,
    before: (parent) => [new AppEgress(`${name}-nats`, egress, { parent })],
  };
}

/** An object of a kind with its pod template wired. */
export function wiredObject(kind: WorkloadKind, object: unknown, wiring: Wiring, subject: string): unknown {
  const wire = (template: unknown) => wiring(fieldsOf(template) as PodTemplate, subject);
  return changedAt(object, kind.template, (template) => whenKnown(template, isStructureKnown, wire));
}

/** Selects the pods: as the object itself does, or where it leaves that to Kubernetes by the labels its template has of its own. */
function selectorOf(kind: keyof typeof workloadKinds, args: unknown, subject: string): AppEgressArgs["selector"] {
  if (kind === "Deployment" || kind === "StatefulSet") {
    return whenKnown(valueAt(args, ["spec", "selector"]), isOpen, (selector) => workloadSelector(selector, subject));
  }
  const labels = valueAt(args, [...workloadKinds[kind].template, "metadata", "labels"]);
  return whenKnown(labels, isOpen, (known) => templateSelector(known, subject));
}
