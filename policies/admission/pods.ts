import { containerLists, type PodKind, templatePaths } from "../kernel/pods";
import { fieldOr, items, optional, text, texts } from "./cel";
import type { ResourceRule, Variable } from "./policy-spec";

/** Where the API has each kind that makes pods: its group, and its resources. */
const resources: Readonly<Record<PodKind, readonly [group: string, ...resources: string[]]>> = {
  // Who may attach a container for debugging to a pod says all that the container is, and who may write its status may write its labels.
  Pod: ["", "pods", "pods/ephemeralcontainers", "pods/status"],
  PodTemplate: ["", "podtemplates"],
  ReplicationController: ["", "replicationcontrollers"],
  Deployment: ["apps", "deployments"],
  StatefulSet: ["apps", "statefulsets"],
  DaemonSet: ["apps", "daemonsets"],
  ReplicaSet: ["apps", "replicasets"],
  Job: ["batch", "jobs"],
  CronJob: ["batch", "cronjobs"],
};

/** Everything that pods are made from, and pods. */
export const podRules: ResourceRule[] = unique(Object.values(resources).map(([group]) => group)).map((group) => ({
  apiGroups: [group],
  apiVersions: ["v1"],
  operations: ["CREATE", "UPDATE"],
  resources: Object.values(resources).flatMap(([of, ...names]) => (of === group ? names : [])),
}));

function unique(values: readonly string[]): string[] {
  return [...new Set(values)];
}

/** What follows from the way to the template of each kind, as CEL's choice between them. */
function byKind(follows: (path: readonly string[]) => string): string {
  const results = new Map(Object.entries(templatePaths).map(([kind, path]) => [kind, follows(path)]));
  const [last = "", ...others] = unique([...results.values()]).toReversed();
  const kindsOf = (result: string) => [...results.keys()].filter((kind) => results.get(kind) === result);
  return others.reduce((rest, result) => `(object.kind in ${texts(kindsOf(result))} ? ${result} : ${rest})`, last);
}

/** The pod template of an object, in CEL; a Pod is one itself. */
export function templateOf(object: "object" | "oldObject"): string {
  return byKind((path) => [`dyn(${object})`, ...path].join("."));
}

/**
 * The condition under which a policy looks: the object is new, or one of these parts of it is not as it was. So what was there before the policy goes on:
 * controllers scale it, write its status and finalizers, whatever it is.
 * @param template paths within the pod template
 * @param object paths within the object
 */
export function changed(
  template: readonly (readonly string[])[],
  object: readonly (readonly string[])[] = [],
): Variable {
  const pairs = [
    ...template.map((path) => [templateOf("object"), templateOf("oldObject"), path] as const),
    ...object.map((path) => ["dyn(object)", "dyn(oldObject)", path] as const),
  ];
  const differs = pairs.map(([now, before, path]) => `${optional(now, ...path)} != ${optional(before, ...path)}`);
  return { name: "changed", expression: ["request.operation == 'CREATE'", ...differs].join(" || ") };
}

/** What validations of pods are made of. */
export const podVariables: Variable[] = [
  { name: "template", expression: templateOf("object") },
  { name: "path", expression: byKind((path) => text(path.map((key) => `${key}.`).join(""))) },
  {
    name: "containers",
    expression: containerLists.map((list) => items("variables.template", "spec", list)).join(" + "),
  },
  { name: "volumes", expression: items("variables.template", "spec", "volumes") },
  { name: "labels", expression: fieldOr("{}", "variables.template", "metadata", "labels") },
];
