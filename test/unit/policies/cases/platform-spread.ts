import type { Mutable, PolicyCases } from "../support/cases";
import { remove, set } from "../support/change";
import { unknownText } from "../support/pack";
import { platform, production } from "../support/platform";

const servers = "StatefulSet/nats";
const pod = ["spec", "template", "spec"] as const;
const constraints = [...pod, "topologySpreadConstraints"] as const;
const byNode = [...constraints, 0] as const;
const hostname = "kubernetes.io/hostname";
const selectsOthers = /labelSelector is .*; must select the pods of this workload/;

/** Required anti-affinity in place of constraints. */
function apart(term: object) {
  return (resource: Mutable) => {
    remove(constraints)(resource);
    const terms = [
      { topologyKey: hostname, labelSelector: { matchLabels: { "app.kubernetes.io/name": "nats" } }, ...term },
    ];
    set([...pod, "affinity", "podAntiAffinity"], { requiredDuringSchedulingIgnoredDuringExecution: terms })(resource);
  };
}
const none = /topologySpreadConstraints is missing; must have one by kubernetes\.io\/hostname/;

export const cases: PolicyCases = {
  policy: "platform-spread",
  compliant: platform(),
  config: production,
  mutations: [
    { what: "no constraint", resource: servers, change: remove(constraints), says: none },
    {
      what: "constraints by zone alone",
      resource: servers,
      change: set([...byNode, "topologyKey"], "topology.kubernetes.io/zone"),
      says: /topologySpreadConstraints is .*; must have one by kubernetes\.io\/hostname/,
    },
    {
      what: "one that is only preferred",
      resource: servers,
      change: set([...byNode, "whenUnsatisfiable"], "ScheduleAnyway"),
      says: /topologySpreadConstraints\[0\]\.whenUnsatisfiable is "ScheduleAnyway"; must be DoNotSchedule/,
    },
    {
      what: "a skew of two",
      resource: servers,
      change: set([...byNode, "maxSkew"], 2),
      says: /maxSkew is 2; must be 1/,
    },
    { what: "no selector", resource: servers, change: remove([...byNode, "labelSelector"]), says: selectsOthers },
    {
      what: "a selector of other pods",
      resource: servers,
      change: set([...byNode, "labelSelector", "matchLabels", "app.kubernetes.io/instance"], "other"),
      says: selectsOthers,
    },
    {
      what: "a selector of all pods",
      resource: servers,
      change: set([...byNode, "labelSelector"], {}),
      says: selectsOthers,
    },
    {
      what: "a selector that leaves one server out",
      resource: servers,
      change: set(
        [...byNode, "labelSelector", "matchExpressions"],
        [{ key: "statefulset.kubernetes.io/pod-name", operator: "NotIn", values: ["nats-0"] }],
      ),
      says: selectsOthers,
    },
    {
      what: "a constraint by which each pod is compared with itself",
      resource: servers,
      change: set([...byNode, "matchLabelKeys"], ["statefulset.kubernetes.io/pod-name"]),
      says: /matchLabelKeys\[0\] is .*; must be no label that differs between the pods/,
    },
    {
      what: "a node that is named",
      resource: servers,
      change: set([...pod, "nodeName"], "node-1"),
      says: /spec\.nodeName is "node-1"; must not be set/,
    },
    {
      what: "a node that is named by its label",
      resource: servers,
      change: set([...pod, "nodeSelector"], { [hostname]: "node-1" }),
      says: /nodeSelector\["kubernetes\.io\/hostname"\] is "node-1"; must not be set/,
    },
    {
      what: "anti-affinity by zone",
      resource: servers,
      change: apart({ topologyKey: "topology.kubernetes.io/zone" }),
      says: none,
    },
    { what: "anti-affinity towards nobody", resource: servers, change: apart({ labelSelector: null }), says: none },
    {
      what: "anti-affinity towards another namespace",
      resource: servers,
      change: apart({ namespaces: ["shop"] }),
      says: none,
    },
    {
      what: "a patch that only prefers",
      resource: "Service/nats",
      change: (resource) => {
        resource.type = "kubernetes:apps/v1:StatefulSetPatch";
        const rule = { topologyKey: hostname, maxSkew: 1, whenUnsatisfiable: "ScheduleAnyway" };
        const template = { spec: { topologySpreadConstraints: [rule] } };
        resource.props = { metadata: { name: "nats", namespace: "nats" }, spec: { template } };
      },
      says: /whenUnsatisfiable is "ScheduleAnyway"/,
    },
  ],
  allowed: [
    { what: "required anti-affinity", resource: servers, change: apart({}) },
    {
      what: "a selector by expressions",
      resource: servers,
      change: set([...byNode, "labelSelector"], {
        matchExpressions: [
          { key: "app.kubernetes.io/name", operator: "In", values: ["nats"] },
          { key: "app.kubernetes.io/component", operator: "Exists" },
        ],
      }),
    },
    {
      what: "a patch of something else",
      resource: "Service/nats",
      change: (resource) => {
        resource.type = "kubernetes:apps/v1:StatefulSetPatch";
        resource.props = { metadata: { name: "nats", namespace: "nats", annotations: { a: "b" } } };
      },
    },
  ],
  undecided: [
    {
      what: "constraints that are not known yet",
      resource: servers,
      change: set(constraints, unknownText),
      says: /topologySpreadConstraints/,
    },
  ],
};
