import type { Mutable, PolicyCases } from "../support/cases";
import { unknownText } from "../support/pack";
import { denied, instance, policiesOf } from "../support/tenants";

const isolation = "tenant-nats-isolation-acme";
const says =
  /Deployment "vrsky-tenants\/nats-acme-1": spec\.template\.metadata\.labels\.tenant-id is "acme"; in namespace vrsky-tenants no NetworkPolicy/;
const ids = (...values: string[]) => ({ matchExpressions: [{ key: "tenant-id", operator: "In", values }] });

/** Who reads monitoring is let in whoever the policy selects. */
function monitored(resource: Mutable, spec: object): void {
  resource.props.spec = { policyTypes: ["Ingress"], ingress: resource.props.spec.ingress.slice(1), ...spec };
}

export const cases: PolicyCases = {
  policy: "tenant-network-policy",
  compliant: [...denied(), ...policiesOf("acme"), ...instance("acme"), ...policiesOf("globex"), ...instance("globex")],
  mutations: [
    {
      what: "no policy around the instances",
      resource: isolation,
      change: (resource) => {
        resource.type = "kubernetes:core/v1:ConfigMap";
        resource.props = { metadata: { name: "x", namespace: "vrsky-tenants" } };
      },
      says,
    },
    {
      what: "a policy that is about what goes out only",
      resource: isolation,
      change: ({ props }) => {
        props.spec.policyTypes = ["Egress"];
      },
      says,
    },
    {
      what: "a policy in another namespace",
      resource: isolation,
      change: (resource) => {
        resource.props.metadata.namespace = "elsewhere";
        monitored(resource, { podSelector: resource.props.spec.podSelector });
      },
      says,
    },
    {
      what: "a policy about another tenant's instances",
      resource: isolation,
      change: (resource) =>
        monitored(resource, { podSelector: { matchLabels: { app: "nats", "tenant-id": "globex" } } }),
      says,
    },
    {
      what: "a policy about instances of every tenant",
      resource: isolation,
      change: (resource) => monitored(resource, { podSelector: { matchLabels: { app: "nats" } } }),
      says,
    },
    {
      what: "a policy about those of some tenants",
      resource: isolation,
      change: (resource) => monitored(resource, { podSelector: ids("acme", "globex") }),
      says,
    },
    {
      what: "a policy about another instance",
      resource: isolation,
      change: ({ props }) => {
        props.spec.podSelector.matchLabels["instance-num"] = "2";
      },
      says,
    },
    {
      what: "a policy that leaves instances out",
      resource: isolation,
      change: ({ props }) => {
        props.spec.podSelector.matchExpressions = [{ key: "instance-num", operator: "DoesNotExist" }];
      },
      says,
    },
    {
      what: "a patch of a policy that nobody has seen",
      resource: isolation,
      change: (resource) => {
        resource.type = "kubernetes:networking.k8s.io/v1:NetworkPolicyPatch";
      },
      says,
    },
    {
      what: "a policy of another project's kind",
      resource: isolation,
      change: (resource) => {
        resource.type = "kubernetes:crd.projectcalico.org/v1:NetworkPolicy";
        resource.props.spec = { selector: "app == 'nats'", types: ["Ingress"] };
      },
      says,
    },
  ],
  allowed: [
    {
      what: "a policy without types, which is about ingress",
      resource: isolation,
      change: ({ props }) => delete props.spec.policyTypes,
    },
    {
      what: "a policy that names the tenant in an expression",
      resource: isolation,
      change: ({ props }) => {
        props.spec.podSelector = ids("acme");
      },
    },
  ],
  undecided: [
    {
      what: "a policy that selects what is not known yet",
      resource: isolation,
      change: ({ props }) => {
        props.spec.podSelector.matchLabels["tenant-id"] = unknownText;
      },
      says: /spec\.podSelector\.matchLabels\.tenant-id/,
    },
    {
      what: "instances whose labels are not known yet",
      resource: "acme",
      change: ({ props }) => {
        props.spec.template.metadata.labels = unknownText;
      },
      says: /template\.metadata\.labels/,
    },
  ],
};
