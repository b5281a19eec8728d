import type { Mutable, PolicyCases } from "../support/cases";
import { type Resource, unknownText } from "../support/pack";
import { wiredDeployment } from "../support/stacks";

const kubernetes: Resource = {
  type: "kubernetes:networking.k8s.io/v1:NetworkPolicy",
  name: "egress",
  props: {
    kind: "NetworkPolicy",
    metadata: { name: "web-nats", namespace: "shop" },
    spec: {
      podSelector: { matchLabels: { app: "web" } },
      policyTypes: ["Egress"],
      egress: [
        {
          to: [
            {
              namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "nats" } },
              podSelector: { matchLabels: { "app.kubernetes.io/name": "nats" } },
            },
          ],
          ports: [{ protocol: "TCP", port: 4222 }],
        },
      ],
    },
  },
};

const cilium = {
  kind: "CiliumNetworkPolicy",
  apiVersion: "cilium.io/v2",
  metadata: { name: "web-nats", namespace: "shop" },
  spec: {
    endpointSelector: { matchLabels: { app: "web" } },
    egress: [
      {
        toFQDNs: [{ matchName: "nats.nats.svc.cluster.local" }],
        toPorts: [{ ports: [{ port: "4222", protocol: "TCP" }] }],
      },
    ],
  },
};

const asCilium = (change: (spec: typeof cilium.spec) => void) => ({
  resource: "egress",
  change: (egress: Mutable) => {
    egress.type = "kubernetes:cilium.io/v2:CiliumNetworkPolicy";
    egress.props = structuredClone(cilium);
    change(egress.props.spec);
  },
});

const rule = ({ props }: Mutable) => props.spec.egress[0];
const says = /no egress rule of the pods is for nats\.nats\.svc\.cluster\.local, port 4222/;

export const cases: PolicyCases = {
  policy: "token-egress",
  compliant: [...wiredDeployment(), kubernetes],
  mutations: [
    {
      what: "another port in NATS_URL",
      resource: "web",
      change: ({ props }) => {
        props.spec.template.spec.containers[0].env[0].value = "nats://nats.nats.svc.cluster.local:5222";
      },
      says: /port 5222/,
    },
    {
      what: "a server elsewhere, where the rule is for pods",
      resource: "web",
      change: ({ props }) => {
        props.spec.template.spec.containers[0].env[0].value = "nats://nats.example.com:4222";
      },
      says: /nats\.example\.com, port 4222/,
    },
    {
      what: "a rule for another namespace",
      resource: "egress",
      change: (egress) => {
        rule(egress).to[0].namespaceSelector.matchLabels["kubernetes.io/metadata.name"] = "other";
      },
      says,
    },
    {
      what: "a rule about pods of its own namespace, where the server is not",
      resource: "egress",
      change: (egress) => delete rule(egress).to[0].namespaceSelector,
      says,
    },
    {
      what: "a rule for another port",
      resource: "egress",
      change: (egress) => {
        rule(egress).ports[0].port = 443;
      },
      says,
    },
    { what: "no rule", resource: "egress", change: ({ props }) => delete props.spec.egress, says },
    {
      what: "another name in Cilium's rule",
      ...asCilium((spec) => {
        Object.assign(spec.egress[0]?.toFQDNs[0] ?? {}, { matchName: "nats.example.com" });
      }),
      says,
    },
    {
      what: "another port in Cilium's rule",
      ...asCilium((spec) => {
        Object.assign(spec.egress[0]?.toPorts[0]?.ports[0] ?? {}, { port: "443" });
      }),
      says,
    },
  ],
  allowed: [
    { what: "Cilium's rule by name", ...asCilium(() => {}) },
    {
      what: "pods that no policy limits",
      resource: "egress",
      change: ({ props }) => {
        props.metadata.namespace = "other";
        delete props.spec.egress;
      },
    },
    {
      what: "a range of ports that the port is in",
      resource: "egress",
      change: (egress) => {
        Object.assign(rule(egress).ports[0], { port: 4000, endPort: 5000 });
      },
    },
    {
      what: "a server by its own name",
      resource: "web",
      change: ({ props }) => {
        const { spec } = props.spec.template;
        spec.containers[0].env[0].value = "nats://nats-0.nats-headless.nats.svc.cluster.local:4222";
      },
    },
    {
      what: "a selector by expressions",
      resource: "egress",
      change: ({ props }) => {
        props.spec.podSelector = { matchExpressions: [{ key: "app", operator: "In", values: ["web"] }] };
      },
    },
  ],
  undecided: [
    {
      what: "an address that is not known yet",
      resource: "web",
      change: ({ props }) => {
        props.spec.template.spec.containers[0].env[0].value = unknownText;
      },
      says: /env\.0\.value/,
    },
  ],
};
