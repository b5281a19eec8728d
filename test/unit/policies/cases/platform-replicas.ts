import type { Mutable, PolicyCases } from "../support/cases";
import { remove, set } from "../support/change";
import { unknownText } from "../support/pack";
import { platform, production } from "../support/platform";

const servers = "StatefulSet/nats";
const replicas = ["spec", "replicas"] as const;
const says = /spec\.replicas is .*; must be odd and at least 3/;

/** The servers by another name than the chart's, with the image alone to tell. */
function unlabelled({ props }: Mutable): void {
  props.metadata = { name: "messaging", namespace: "nats" };
}

export const cases: PolicyCases = {
  policy: "platform-replicas",
  compliant: platform(),
  config: production,
  mutations: [
    { what: "one server", resource: servers, change: set(replicas, 1), says },
    { what: "two servers", resource: servers, change: set(replicas, 2), says },
    { what: "no servers", resource: servers, change: set(replicas, 0), says },
    { what: "no number, which is one", resource: servers, change: remove(replicas), says },
    {
      what: "an autoscaler of the servers",
      resource: "Service/nats",
      change: (resource) => {
        resource.type = "kubernetes:autoscaling/v2:HorizontalPodAutoscaler";
        resource.props.kind = "HorizontalPodAutoscaler";
        resource.props.spec = { minReplicas: 3, scaleTargetRef: { kind: "StatefulSet", name: "nats" } };
      },
      says: /spec\.scaleTargetRef is .*; must not be NATS servers/,
    },
    {
      what: "a patch that scales the servers down",
      resource: "Service/nats",
      change: (resource) => {
        resource.type = "kubernetes:apps/v1:StatefulSetPatch";
        resource.props = { metadata: { name: "nats", namespace: "nats" }, spec: { replicas: 1 } };
      },
      says,
    },
  ],
  allowed: [
    {
      what: "five servers",
      resource: servers,
      change: set(replicas, 5),
    },
    {
      what: "an autoscaler of somebody else",
      resource: "Service/nats",
      change: (resource) => {
        resource.type = "kubernetes:autoscaling/v2:HorizontalPodAutoscaler";
        resource.props.spec = { minReplicas: 1, scaleTargetRef: { kind: "Deployment", name: "nats" } };
      },
    },
  ],
  undecided: [
    {
      what: "a number that is not known yet",
      resource: servers,
      change: set(replicas, unknownText),
      says: /spec\.replicas/,
    },
    {
      what: "an image that is not known yet, of a StatefulSet that nothing else tells of",
      resource: servers,
      change: (resource) => {
        unlabelled(resource);
        resource.props.spec.template.metadata.labels = {};
        const [server] = resource.props.spec.template.spec.containers;
        server.name = "main";
        server.image = unknownText;
      },
      says: /containers\.0\.image|containers\[0\]\.image/,
    },
  ],
};
