import * as k8s from "@pulumi/kubernetes";

/** A server that is scaled away takes its copies with it. */
export const refusedBy = "platform-replicas";

export function program(): void {
  const scaleTargetRef = { apiVersion: "apps/v1", kind: "StatefulSet", name: "nats" };
  new k8s.autoscaling.v2.HorizontalPodAutoscaler("nats", {
    metadata: { name: "nats", namespace: "nats" },
    spec: { scaleTargetRef, minReplicas: 1, maxReplicas: 5 },
  });
}
