import type { Mutable } from "./cases";

/** Kinds that make pods: Pulumi's type, and the object around a template. */
const kinds: Readonly<Record<string, readonly [string, (template: Template) => object]>> = {
  Pod: ["core/v1:Pod", (template) => template],
  DaemonSet: ["apps/v1:DaemonSet", (template) => ({ spec: { template } })],
  ReplicaSet: ["apps/v1:ReplicaSet", (template) => ({ spec: { template } })],
  Job: ["batch/v1:Job", (template) => ({ spec: { template } })],
  CronJob: ["batch/v1:CronJob", (template) => ({ spec: { jobTemplate: { spec: { template } } } })],
  "Deployment of an old version": ["extensions/v1beta1:Deployment", (template) => ({ spec: { template } })],
  "Rollout, a kind of Argo's": ["argoproj.io/v1alpha1:Rollout", (template) => ({ spec: { template } })],
  DeploymentPatch: ["apps/v1:DeploymentPatch", (template) => ({ spec: { template } })],
  "list of Deployments": ["apps/v1:DeploymentList", (template) => ({ items: [{ spec: { template } }] })],
};

interface Template {
  readonly metadata?: object;
  // biome-ignore lint/suspicious/noExplicitAny: a mutation may make any mistake
  readonly spec: any;
}

/** A change in pods of each kind: the resource's own pods, changed, in another object. */
export function inEachKind(what: string, change: (template: Template) => void) {
  return Object.entries(kinds).map(([kind, [type, around]]) => ({
    what: `${what} in a ${kind}`,
    change: (resource: Mutable) => {
      const { template } = resource.props.spec;
      change(template);
      resource.type = `kubernetes:${type}`;
      resource.props = { metadata: resource.props.metadata, ...around(template) };
    },
  }));
}
