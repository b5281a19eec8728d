import type { Mutable, PolicyCases } from "../support/cases";
import { remove, set } from "../support/change";
import { unknownText } from "../support/pack";
import { natsBox, platform, production } from "../support/platform";

const budget = "PodDisruptionBudget/nats";
const most = ["spec", "maxUnavailable"] as const;
const matchLabels = { "app.kubernetes.io/name": "nats", "app.kubernetes.io/component": "nats" };
const none =
  /StatefulSet "nats\/nats": spec\.template\.metadata\.labels is .*; a PodDisruptionBudget of this stack must select/;

function least(value: unknown) {
  return ({ props }: Mutable) => {
    props.spec = { minAvailable: value, selector: { matchLabels } };
  };
}

export const cases: PolicyCases = {
  policy: "platform-disruption-budget",
  compliant: [...platform(), ...natsBox()],
  config: production,
  mutations: [
    {
      what: "two servers at a time",
      resource: budget,
      change: set(most, 2),
      says: /PodDisruptionBudget "nats\/nats": spec\.maxUnavailable is 2; must let exactly 1 of 3 pods be evicted, and lets 2/,
    },
    { what: "none ever", resource: budget, change: set(most, 0), says: /lets 0/ },
    { what: "a share that comes to two", resource: budget, change: set(most, "34%"), says: /is "34%"; .*lets 2/ },
    { what: "a share that comes to none", resource: budget, change: set(most, "0%"), says: /lets 0/ },
    {
      what: "a share that is none",
      resource: budget,
      change: set(most, "one"),
      says: /must be a whole number, or a share/,
    },
    { what: "nothing said", resource: budget, change: remove(most), says: /is missing; .*lets 3/ },
    { what: "one that must stay", resource: budget, change: least(1), says: /minAvailable is 1; .*lets 2/ },
    { what: "all that must stay", resource: budget, change: least("100%"), says: /minAvailable is "100%"; .*lets 0/ },
    {
      what: "a selector of other pods",
      resource: budget,
      change: set(["spec", "selector", "matchLabels", "app.kubernetes.io/instance"], "other"),
      says: none,
    },
    { what: "no selector", resource: budget, change: remove(["spec", "selector"]), says: none },
    { what: "another namespace", resource: budget, change: set(["metadata", "namespace"], "shop"), says: none },
    {
      what: "a second budget, with which nothing is ever evicted",
      resource: "Service/nats",
      change: (resource) => {
        resource.type = "kubernetes:policy/v1:PodDisruptionBudget";
        resource.props = {
          kind: "PodDisruptionBudget",
          metadata: { name: "second", namespace: "nats" },
          spec: { maxUnavailable: 1, selector: {} },
        };
      },
      says: /must not select pods that another PodDisruptionBudget selects/,
    },
    {
      what: "one that counts other pods among those that stay",
      resource: budget,
      change: ({ props }) => {
        props.spec = { minAvailable: 2, selector: { matchLabels: { "app.kubernetes.io/name": "nats" } } };
      },
      says: /must let exactly 1 of 4 pods be evicted, and lets 2/,
    },
    {
      what: "a patch of the servers' budget",
      resource: "Service/nats",
      change: (resource) => {
        resource.type = "kubernetes:policy/v1:PodDisruptionBudgetPatch";
        resource.props = { metadata: { name: "nats", namespace: "nats" }, spec: { maxUnavailable: 3 } };
      },
      says: /spec\.maxUnavailable is 3; must be 1/,
    },
  ],
  allowed: [
    { what: "two that must stay", resource: budget, change: least(2) },
    { what: "a share that comes to one", resource: budget, change: set(most, "33%") },
    { what: "a share that leaves one", resource: budget, change: least("51%") },
  ],
  undecided: [
    {
      what: "a number that is not known yet",
      resource: budget,
      change: set(most, unknownText),
      says: /maxUnavailable/,
    },
    {
      what: "a selector that is not known yet",
      resource: budget,
      change: set(["spec", "selector"], unknownText),
      says: /spec\.selector/,
    },
    {
      what: "labels of servers that are not known yet",
      resource: "StatefulSet/nats",
      change: set(["spec", "template", "metadata", "labels", "extra"], unknownText),
      says: /labels\.extra/,
    },
  ],
};
