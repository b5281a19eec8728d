import { templatePaths } from "../../policies/kernel/pods";

/** An object as the API takes it. */
// biome-ignore lint/suspicious/noExplicitAny: tests make any mistake in it
export type Manifest = any;

/** A pod template that tests may change as they like. */
export interface Template {
  metadata: { labels: Record<string, string> };
  // biome-ignore lint/suspicious/noExplicitAny: tests make any mistake in it
  spec: any;
}

/** A change of a template, and what is said of it. */
export interface Mutation {
  readonly what: string;
  readonly change: (template: Template) => void;
  readonly says: string;
}

/** A template that was changed; the one it was given stays as it is. */
export function changed(template: Template, { change }: Pick<Mutation, "change">): Template {
  const copy = structuredClone(template);
  change(copy);
  return copy;
}

const groups: Readonly<Record<string, string>> = {
  Deployment: "apps/v1",
  StatefulSet: "apps/v1",
  DaemonSet: "apps/v1",
  ReplicaSet: "apps/v1",
  Job: "batch/v1",
  CronJob: "batch/v1",
};

/** A pod template of one container, as PodSecurity `restricted` takes it. */
export function podTemplate(labels: Record<string, string> = {}): Template {
  const securityContext = { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } };
  return {
    metadata: { labels: { app: "orders", ...labels } },
    spec: {
      automountServiceAccountToken: false,
      securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: "RuntimeDefault" } },
      containers: [{ name: "main", image: "example.com/orders:1", securityContext }],
    },
  };
}

/** Every kind that makes pods, Pod among them. */
export const kinds = Object.keys(templatePaths);

/** The object of a kind that makes pods of a template, selected by their labels. */
export function workload(kind: string, namespace: string, { metadata, spec }: Template): Manifest {
  const { labels } = metadata;
  const object = { apiVersion: groups[kind] ?? "v1", kind, metadata: { name: "orders", namespace, labels } };
  const template = { metadata: { labels }, spec };
  const job = { template: { ...template, spec: { ...spec, restartPolicy: "Never" } } };
  switch (kind) {
    case "Pod":
      return { ...object, spec };
    case "PodTemplate":
      return { ...object, template };
    case "ReplicationController":
      return { ...object, spec: { selector: labels, template } };
    case "Job":
      return { ...object, spec: job };
    case "CronJob":
      return { ...object, spec: { schedule: "0 0 1 1 *", jobTemplate: { spec: job } } };
    case "StatefulSet":
      return { ...object, spec: { serviceName: "orders", selector: { matchLabels: labels }, template } };
    default:
      return { ...object, spec: { selector: { matchLabels: labels }, template } };
  }
}

/** Where the template of a kind stands, as messages write it. */
export function pathOf(kind: string): string {
  const paths: Readonly<Record<string, readonly string[]>> = templatePaths;
  return (paths[kind] ?? []).map((key) => `${key}.`).join("");
}
