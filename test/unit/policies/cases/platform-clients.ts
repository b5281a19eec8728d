import type { Mutable, PolicyCases } from "../support/cases";
import { unknownText } from "../support/pack";
import { appPolicies, platform } from "../support/tenants";

const rule = (what: string, change: (rule: Mutable["props"]) => void, says: RegExp) => ({
  what,
  resource: "nats-servers",
  change: ({ props }: Mutable) => change(props.spec.ingress[0]),
  says,
});

const from = (what: string, peer: object) =>
  rule(
    what,
    (of) => {
      of.from = [peer];
    },
    /spec\.ingress\[0\]\.from\[0\] is .*; must let in nobody but pods nats-platform\/client=true in namespaces/,
  );

const ports = (what: string, port: object) =>
  rule(
    what,
    (of) => {
      of.ports = [port];
    },
    /spec\.ingress\[0\]\.ports\[0\] is .*; must be, for spec\.ingress\[0\]\.from\[0\], TCP 4222 or 7422 by number/,
  );

const client = { podSelector: { matchLabels: { "nats-platform/client": "true" } } };
const ofClients = { namespaceSelector: { matchLabels: { "nats-platform/clients": "true" } } };
const servers = { "app.kubernetes.io/component": "nats", "app.kubernetes.io/name": "nats" };
const everybody = { from: [{ namespaceSelector: {} }], ports: [{ protocol: "TCP", port: 4222 }] };

const extra = (what: string, type: string, spec: object, namespace = "nats") => ({
  what,
  resource: "web-nats",
  change: (resource: Mutable) => {
    resource.type = `kubernetes:${type}`;
    resource.props = { metadata: { name: "extra", namespace }, spec };
  },
  says: /extra": spec\.ingress\[0\]\S* is .*; .*must let in nobody but/,
});
const kubernetes = "networking.k8s.io/v1:NetworkPolicy";
const about = (what: string, podSelector: object, namespace?: string) =>
  extra(`an extra policy ${what}`, kubernetes, { podSelector, ingress: [everybody] }, namespace);

export const cases: PolicyCases = {
  policy: "platform-clients",
  compliant: [...platform(), ...appPolicies()],
  mutations: [
    rule("nobody named", (of) => delete of.from, /spec\.ingress\[0\]\.from is missing; must let in nobody but/),
    rule("no ports", (of) => delete of.ports, /spec\.ingress\[0\]\.ports is missing; must name ports/),
    from("every namespace", { namespaceSelector: {} }),
    from("every pod of namespaces of clients", ofClients),
    from("clients of every namespace", { namespaceSelector: {}, ...client }),
    from("clients of the platform's namespace, whatever its labels", client),
    from("addresses", { ipBlock: { cidr: "0.0.0.0/0" } }),
    ports("clients at the servers' own port", { protocol: "TCP", port: 6222 }),
    ports("a port by name", { protocol: "TCP", port: "nats" }),
    ports("a range", { protocol: "TCP", port: 4222, endPort: 7422 }),
    {
      what: "everybody at the servers' own port",
      resource: "nats-servers",
      change: ({ props }) => {
        props.spec.ingress[1].from = [{ podSelector: {} }];
      },
      says: /spec\.ingress\[1\]\.from\[0\] is/,
    },
    {
      what: "servers of another namespace at the servers' own port",
      resource: "nats-servers",
      change: ({ props }) => {
        props.spec.ingress[1].from[0].namespaceSelector = {
          matchLabels: { "kubernetes.io/metadata.name": "shop" },
        };
      },
      says: /spec\.ingress\[1\]\.from\[0\] is/,
    },
    {
      what: "everybody at monitoring",
      resource: "nats-servers",
      change: ({ props }) => delete props.spec.ingress[2].from,
      says: /spec\.ingress\[2\]\.from is missing/,
    },
    {
      what: "everybody let in where everything is denied",
      resource: "default-deny",
      change: ({ props }) => {
        props.spec.ingress = [{}];
      },
      says: /"nats\/default-deny": spec\.ingress\[0\]\.from is missing/,
    },
    about("about everything", {}),
    about("about what is no client", {
      matchExpressions: [{ key: "nats-platform/client", operator: "DoesNotExist" }],
    }),
    about("about servers by one label", { matchLabels: { "app.kubernetes.io/name": "nats" } }),
    about("about servers of another namespace", { matchLabels: servers }, "shop"),
    extra("a policy of Cilium", "cilium.io/v2:CiliumNetworkPolicy", {
      endpointSelector: { matchLabels: { "k8s:app.kubernetes.io/name": "nats" } },
      ingress: [{ fromEntities: ["all"], toPorts: [{ ports: [{ port: "4222", protocol: "TCP" }] }] }],
    }),
    extra("an AdminNetworkPolicy", "policy.networking.k8s.io/v1alpha1:AdminNetworkPolicy", {
      subject: {
        pods: {
          namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "nats" } },
          podSelector: { matchLabels: servers },
        },
      },
      ingress: [
        { action: "Allow", from: [{ namespaces: {} }], ports: [{ portNumber: { protocol: "TCP", port: 4222 } }] },
      ],
    }),
    extra("a policy of Calico", "crd.projectcalico.org/v1:NetworkPolicy", {
      selector: "all()",
      ingress: [{ action: "Allow" }],
    }),
  ],
  allowed: [
    rule(
      "fewer clients",
      (of) => {
        of.from[0].podSelector.matchLabels.app = "web";
      },
      /^/,
    ),
    about("about other programs", { matchLabels: { "app.kubernetes.io/name": "nats-surveyor" } }),
    about("about other parts of NATS", { matchLabels: { ...servers, "app.kubernetes.io/component": "nats-box" } }),
    about("about some pods of another namespace", { matchLabels: { "app.kubernetes.io/name": "nats" } }, "shop"),
  ],
  undecided: [
    rule(
      "peers that are not known yet",
      (of) => {
        of.from[0].podSelector.matchLabels["nats-platform/client"] = unknownText;
      },
      /podSelector\.matchLabels/,
    ),
  ],
};
