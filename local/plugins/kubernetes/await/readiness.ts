import { isMap, type Value } from "../../rpc/values";
import { at, type KubeObject, kindOf, mapsAt, numberAt, textAt } from "../objects";

/** Where an object stands on its way to being ready. */
export interface Verdict {
  readonly ready: boolean;
  /** What it is waiting for, in a few words. */
  readonly progress: string;
  /** It will never get there, and why. */
  readonly failure?: string;
  /** What stands in the way, as far as the object itself tells. */
  readonly problems?: readonly string[];
}

/** Judges an object by its status alone. */
export type Readiness = (object: KubeObject) => Verdict;

/** The verdict on a Deployment: the controller has seen it, the new ReplicaSet is complete and the Deployment is available. */
export function deploymentReadiness(deployment: KubeObject): Verdict {
  const replicas = replicasOf(deployment);
  const [updated, ready] = [
    numberAt(deployment, "status", "updatedReplicas"),
    numberAt(deployment, "status", "readyReplicas"),
  ];
  const conditions = conditionsOf(deployment);
  const complete =
    conditions.get("Progressing")?.status === "True" &&
    conditions.get("Progressing")?.reason === "NewReplicaSetAvailable";
  return {
    ready:
      isObserved(deployment) &&
      complete &&
      conditions.get("Available")?.status === "True" &&
      updated === replicas &&
      ready >= replicas &&
      numberAt(deployment, "status", "replicas") === replicas,
    progress: `Waiting for Deployment to roll out (${Math.min(updated, ready)}/${replicas} Pods ready)`,
    problems: [
      `${Math.min(updated, ready)} out of ${replicas} replicas succeeded readiness checks`,
      ...problemsOf(conditions, { Progressing: "False", Available: "False", ReplicaFailure: "True" }),
    ],
  };
}

/** The verdict on a StatefulSet: every Pod is ready and of the newest revision. */
export function statefulSetReadiness(set: KubeObject): Verdict {
  const replicas = replicasOf(set);
  const status = at(set, "status");
  const ready = numberAt(status, "readyReplicas");
  const [current, target] = [textAt(status, "currentRevision"), textAt(status, "updateRevision")];
  const rolledByHand =
    numberAt(set, "metadata", "generation") > 1 && textAt(set, "spec", "updateStrategy", "type") === "OnDelete";
  const revisionReady = isObserved(set) && (rolledByHand || (current !== "" && current === target));
  const replicasReady =
    isObserved(set) &&
    replicas === numberAt(status, "replicas") &&
    replicas === ready &&
    (rolledByHand || replicas === numberAt(status, "currentReplicas"));
  const rolled = current === target ? ready : Math.min(ready, numberAt(status, "updatedReplicas"));
  return {
    ready: revisionReady && replicasReady,
    progress: `Waiting for StatefulSet to roll out (${rolled}/${replicas} Pods ready)`,
    problems: [
      ...(replicasReady ? [] : [`${rolled} out of ${replicas} replicas succeeded readiness checks`]),
      ...(revisionReady
        ? []
        : [`StatefulSet controller failed to advance from revision "${current}" to revision "${target}"`]),
    ],
  };
}

/** The verdict on a DaemonSet: an updated, available Pod on every node it wants. */
export function daemonSetReadiness(set: KubeObject): Verdict {
  const count = (key: string): number => numberAt(set, "status", key);
  const desired = count("desiredNumberScheduled");
  const updated = Math.min(count("updatedNumberScheduled"), count("numberAvailable"), count("numberReady"));
  return {
    ready: isObserved(set) && at(set, "status", "desiredNumberScheduled") !== undefined && updated >= desired,
    progress: `Waiting for DaemonSet to roll out (${updated}/${desired} Pods available)`,
    problems: [`${updated} out of ${desired} Pods are up to date and available`],
  };
}

/** The verdict on a Job: complete, or failed for good. */
export function jobReadiness(job: KubeObject): Verdict {
  const conditions = conditionsOf(job);
  const count = (key: string): number => numberAt(job, "status", key);
  const counts = `(Active: ${count("active")} | Succeeded: ${count("succeeded")} | Failed: ${count("failed")})`;
  const failed = conditions.get("Failed");
  return {
    ready: conditions.get("Complete")?.status === "True",
    progress: `Waiting for Job to succeed ${counts}`,
    ...(failed?.status === "True" ? { failure: `[${failed.reason}] ${failed.message}` } : {}),
    problems: [`Job has not succeeded ${counts}`],
  };
}

/** The verdict on a Pod: ready or succeeded; one that has failed for good never will be. */
export function podReadiness(pod: KubeObject): Verdict {
  const phase = textAt(pod, "status", "phase");
  const failed = phase === "Failed";
  return {
    ready: phase === "Succeeded" || conditionsOf(pod).get("Ready")?.status === "True",
    progress: `Waiting for Pod to be ready (${phase || "Pending"})`,
    ...(failed
      ? {
          failure: `Pod has failed: ${textAt(pod, "status", "message") || textAt(pod, "status", "reason") || "a container exited with an error"}`,
        }
      : {}),
  };
}

/** The verdict on a PersistentVolumeClaim whose StorageClass binds as `bindingMode` says; a bound one stays bound. */
export function claimReadiness(claim: KubeObject, bindingMode: string): Verdict {
  const phase = textAt(claim, "status", "phase");
  const late = bindingMode === "WaitForFirstConsumer";
  return {
    ready: phase === "Bound" || (late && phase === "Pending"),
    progress: "Waiting for PersistentVolumeClaim to be bound",
    problems: [`PersistentVolumeClaim is ${phase || "Pending"}, not Bound`],
  };
}

/** What the EndpointSlices of a Service say: addresses that are ready, and addresses that are not yet. */
export interface Endpoints {
  readonly ready: number;
  readonly pending: number;
}

/** Counts the endpoints of all slices of a Service; terminating ones are neither ready nor pending. */
export function countEndpoints(slices: readonly KubeObject[]): Endpoints {
  const endpoints = slices.flatMap((slice) => mapsAt(slice, "endpoints"));
  const isReady = (endpoint: Value): boolean => at(endpoint, "conditions", "ready") !== false;
  const ready = endpoints.filter(isReady).length;
  const pending = endpoints.filter(
    (endpoint) => !isReady(endpoint) && at(endpoint, "conditions", "terminating") !== true,
  ).length;
  return { ready, pending };
}

/**
 * The verdict on a Service: every Pod it selects is ready, and a LoadBalancer has its address. One that selects no Pod at all counts
 * as ready once that has `settled`, since the Pods may belong to a later step.
 */
export function serviceReadiness(service: KubeObject, { ready, pending }: Endpoints, settled: boolean): Verdict {
  const allocated =
    textAt(service, "spec", "type") !== "LoadBalancer" ||
    mapsAt(service, "status", "loadBalancer", "ingress").length > 0;
  const directed = !selectsPods(service) || (pending === 0 && (ready > 0 || settled));
  return {
    ready: allocated && directed,
    progress: directed
      ? "Waiting for an IP address for the Service"
      : `Waiting for Pods to direct traffic to (${ready} ready, ${pending} not yet)`,
    problems: [
      ...(directed
        ? []
        : [
            "Service does not target any ready Pods. Selected Pods may not be ready, or field '.spec.selector' may not match labels on any Pods",
          ]),
      ...(allocated
        ? []
        : ["Service was not allocated an IP address; does your cluster support services of type LoadBalancer?"]),
    ],
  };
}

/** Whether the cluster directs a Service to Pods: it has a selector, an address of its own, and is no mere alias. */
export function selectsPods(service: KubeObject): boolean {
  const selector = at(service, "spec", "selector");
  return (
    isMap(selector) &&
    Object.keys(selector).length > 0 &&
    textAt(service, "spec", "clusterIP") !== "None" &&
    textAt(service, "spec", "type") !== "ExternalName"
  );
}

/** Kinds that are judged by their status alone and have been since; others need more, or nothing. */
export const readinessOfKind: Readonly<Record<string, Readiness>> = {
  "apps/v1/Deployment": deploymentReadiness,
  "apps/v1/StatefulSet": statefulSetReadiness,
  "apps/v1/DaemonSet": daemonSetReadiness,
  "batch/v1/Job": jobReadiness,
  "v1/Pod": podReadiness,
  "v1/PersistentVolume": phaseReadiness("Available", "Bound"),
  "v1/ReplicationController": (object) => ({
    ready: numberAt(object, "status", "availableReplicas") === replicasOf(object),
    progress: "Waiting for ReplicationController to be available",
  }),
  "v1/Secret": (object) => ({
    ready:
      object.type !== "kubernetes.io/service-account-token" ||
      Object.keys(isMap(object.data) ? object.data : {}).length > 0,
    progress: "Waiting for the token of the ServiceAccount",
  }),
};

function phaseReadiness(...phases: string[]): Readiness {
  return (object) => ({
    ready: phases.includes(textAt(object, "status", "phase")),
    progress: `Waiting for ${kindOf(object)} to be ${phases.join(" or ")}`,
  });
}

interface Condition {
  readonly status: string;
  readonly reason: string;
  readonly message: string;
}

/** Status conditions of an object by type. */
export function conditionsOf(object: KubeObject): Map<string, Condition> {
  return new Map(
    mapsAt(object, "status", "conditions").map((condition) => [
      textAt(condition, "type"),
      {
        status: textAt(condition, "status"),
        reason: textAt(condition, "reason"),
        message: textAt(condition, "message"),
      },
    ]),
  );
}

function problemsOf(conditions: ReadonlyMap<string, Condition>, bad: Readonly<Record<string, string>>): string[] {
  return Object.entries(bad).flatMap(([type, status]) => {
    const condition = conditions.get(type);
    return condition?.status === status ? [`[${condition.reason}] ${condition.message}`] : [];
  });
}

function replicasOf(object: KubeObject): number {
  return at(object, "spec", "replicas") === undefined ? 1 : numberAt(object, "spec", "replicas");
}

/** Whether the controller has seen the newest spec, so that its status can be trusted. */
function isObserved(object: KubeObject): boolean {
  return numberAt(object, "status", "observedGeneration") >= numberAt(object, "metadata", "generation");
}
