import * as k8s from "@pulumi/kubernetes";
import { serverLabels } from "./servers";

type IngressRule = k8s.types.input.networking.v1.NetworkPolicyIngressRule;

/** A policy that lets somebody in to the platform's servers. */
export function letInToServers(rule: IngressRule): void {
  new k8s.networking.v1.NetworkPolicy("servers", {
    metadata: { name: "servers", namespace: "nats" },
    spec: { podSelector: { matchLabels: serverLabels }, policyTypes: ["Ingress"], ingress: [rule] },
  });
}
