import type { Mutable, PolicyCases } from "../support/cases";
import { type Resource, unknownText } from "../support/pack";
import { denied, instance, namespace, policiesOf, tenancy } from "../support/tenants";

const says =
  /Namespace "vrsky-tenants": metadata\.name is "vrsky-tenants"; holds tenants, and no NetworkPolicy of this stack denies all/;
const monitoring = { namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "vrsky-monitoring" } } };
const admitting = { from: [monitoring], ports: [{ protocol: "TCP", port: 8222 }] };

const spec = (what: string, change: (spec: Mutable["props"]) => void) => ({
  what,
  resource: "default-deny",
  change: ({ props }: Mutable) => change(props.spec),
  says,
});

/** Another namespace with an instance, which no setting names. */
const elsewhere: Resource[] = [
  namespace("two"),
  ...[...denied("two"), ...policiesOf("globex"), ...instance("globex")].map(({ props, ...resource }) => {
    const { metadata, ...rest } = props as { metadata: object };
    const name = resource.name === "default-deny" ? "two-deny" : resource.name;
    return { ...resource, name, props: { ...rest, metadata: { ...metadata, namespace: "two" } } };
  }),
];

export const cases: PolicyCases = {
  policy: "tenant-default-deny",
  compliant: [namespace(), ...tenancy(), ...policiesOf("acme"), ...instance("acme"), namespace("shop"), ...elsewhere],
  mutations: [
    spec("one that is about some pods", (of) => {
      of.podSelector = { matchLabels: { app: "web" } };
    }),
    spec("one that leaves pods out", (of) => {
      of.podSelector = { matchExpressions: [{ key: "app", operator: "NotIn", values: ["nats"] }] };
    }),
    spec("one about what comes in only", (of) => {
      of.policyTypes = ["Ingress"];
    }),
    spec("one about what goes out only", (of) => {
      of.policyTypes = ["Egress"];
    }),
    spec("one without types", (of) => delete of.policyTypes),
    spec("one that lets somebody in", (of) => {
      of.ingress = [admitting];
    }),
    spec("one that lets everything out", (of) => {
      of.egress = [{}];
    }),
    {
      what: "one in another namespace",
      resource: "default-deny",
      change: ({ props }) => {
        props.metadata.namespace = "shop";
      },
      says,
    },
    {
      what: "a patch",
      resource: "default-deny",
      change: (resource) => {
        resource.type = "kubernetes:networking.k8s.io/v1:NetworkPolicyPatch";
      },
      says,
    },
    {
      what: "another namespace that has instances and denies nothing",
      resource: "two-deny",
      change: ({ props }) => {
        props.spec.policyTypes = ["Ingress"];
      },
      says: /Namespace "two": metadata\.name is "two"; holds tenants/,
    },
  ],
  allowed: [
    {
      what: "empty lists of rules",
      resource: "default-deny",
      change: ({ props }) => Object.assign(props.spec, { ingress: [], egress: [] }),
    },
    {
      what: "a namespace that is made elsewhere",
      resource: "vrsky-tenants",
      change: (resource) => {
        resource.type = "kubernetes:core/v1:NamespacePatch";
      },
    },
  ],
  undecided: [
    {
      what: "a policy that selects what is not known yet",
      resource: "default-deny",
      change: ({ props }) => {
        props.spec.podSelector = unknownText;
      },
      says: /spec\.podSelector/,
    },
    {
      what: "a namespace whose name is not known yet",
      resource: "vrsky-tenants",
      change: ({ props }) => {
        props.metadata.name = unknownText;
      },
      says: /metadata\.name/,
    },
  ],
};
