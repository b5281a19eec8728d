import type { Mutable, PolicyCases } from "../support/cases";
import { unknownText } from "../support/pack";
import { instance, namespace, policiesOf, tenancy, worker } from "../support/tenants";

const differs = (path: string) => new RegExp(`${path} is "globex"; must be "acme", as elsewhere in this object`);
const invalid = (value: string) => ({
  what: `an id ${JSON.stringify(value)}`,
  resource: "acme-worker",
  change: ({ props }: Mutable) => {
    props.metadata.labels["tenant-id"] = value;
    props.spec.selector.matchLabels["tenant-id"] = value;
    props.spec.template.metadata.labels["tenant-id"] = value;
  },
  says: /template\.metadata\.labels\.tenant-id is ".*"; must be a tenant's id/,
});

/** The worker's pods in another kind of object, whose own labels are another tenant's. */
const as = (type: string, spec: (template: object) => object) => ({
  what: `another id on the object ${type}`,
  resource: "acme-worker",
  change: (resource: Mutable) => {
    const { metadata, spec: old } = resource.props;
    metadata.labels["tenant-id"] = "globex";
    resource.type = type;
    resource.props = { metadata, spec: spec(old.template) };
  },
  says: differs("metadata\\.labels\\.tenant-id"),
});

export const cases: PolicyCases = {
  policy: "tenant-labels",
  compliant: [namespace(), ...tenancy(), ...policiesOf("acme"), ...instance("acme"), ...worker("acme")],
  mutations: [
    {
      what: "another id on the object",
      resource: "acme",
      change: ({ props }) => {
        props.metadata.labels["tenant-id"] = "globex";
      },
      says: differs("metadata\\.labels\\.tenant-id"),
    },
    {
      what: "another id on the pods of a kind that is not Kubernetes' own",
      resource: "acme-worker",
      change: (resource) => {
        resource.type = "kubernetes:argoproj.io/v1alpha1:Rollout";
        resource.props.metadata.namespace = "shop";
        resource.props.spec.template.metadata.labels["tenant-id"] = "globex";
      },
      says: /metadata\.labels\.tenant-id is "acme"; must be "globex"/,
    },
    {
      what: "another id in the selector",
      resource: "acme",
      change: ({ props }) => {
        props.spec.selector.matchLabels["tenant-id"] = "globex";
      },
      says: differs("spec\\.selector\\.matchLabels\\.tenant-id"),
    },
    {
      what: "another id on the pods",
      resource: "acme-worker",
      change: ({ props }) => {
        props.spec.template.metadata.labels["tenant-id"] = "globex";
      },
      says: /spec\.selector\.matchLabels\.tenant-id is "acme"; must be "globex"/,
    },
    {
      what: "no id in the selector",
      resource: "acme",
      change: ({ props }) => delete props.spec.selector.matchLabels["tenant-id"],
      says: /spec\.selector\.matchLabels\.tenant-id is missing; must be "acme"/,
    },
    {
      what: "an id in the selector's expressions only",
      resource: "acme-worker",
      change: ({ props }) => {
        props.spec.selector = { matchExpressions: [{ key: "tenant-id", operator: "In", values: ["acme", "globex"] }] };
      },
      says: /spec\.selector\.matchLabels\.tenant-id is missing/,
    },
    {
      what: "no id on the object",
      resource: "acme",
      change: ({ props }) => delete props.metadata.labels["tenant-id"],
      says: /metadata\.labels\.tenant-id is missing/,
      corrects: /^metadata\.labels\.tenant-id$/,
    },
    {
      what: "no id on the pods, in the namespace of tenants",
      resource: "acme-worker",
      change: ({ props }) => {
        for (const { labels } of [props.metadata, props.spec.template.metadata]) delete labels["tenant-id"];
        delete props.spec.selector.matchLabels["tenant-id"];
      },
      says: /template\.metadata\.labels\.tenant-id is missing; must be a tenant's id/,
    },
    {
      what: "no labels on the pods of a StatefulSet that has the id itself and selects by it",
      resource: "acme-worker",
      change: (resource) => {
        resource.type = "kubernetes:apps/v1:StatefulSet";
        delete resource.props.spec.template.metadata.labels;
      },
      says: /template\.metadata\.labels\.tenant-id is missing; must be a tenant's id/,
      corrects: /^spec\.template\.metadata\.labels/,
    },
    {
      what: "no id on the pods of a Job, of which its own label alone speaks",
      resource: "acme-worker",
      change: (resource) => {
        resource.type = "kubernetes:batch/v1:Job";
        delete resource.props.spec.selector;
        delete resource.props.spec.template.metadata.labels["tenant-id"];
      },
      says: /template\.metadata\.labels\.tenant-id is missing/,
    },
    {
      what: "no id on pods elsewhere whose selector has it",
      resource: "acme-worker",
      change: ({ props }) => {
        props.metadata.namespace = "shop";
        delete props.spec.template.metadata.labels["tenant-id"];
      },
      says: /template\.metadata\.labels\.tenant-id is missing/,
      corrects: /^spec\.template\.metadata\.labels\.tenant-id$/,
    },
    invalid(""),
    invalid("Acme"),
    invalid("acme_1"),
    invalid("-acme"),
    invalid("a".repeat(64)),
    {
      what: "an id that is a number",
      resource: "acme-worker",
      change: ({ props }) => {
        props.metadata.labels["tenant-id"] = 7;
      },
      says: /metadata\.labels\.tenant-id is 7; must be text/,
    },
    as("kubernetes:apps/v1:StatefulSet", (template) => ({
      selector: { matchLabels: { app: "orders", "tenant-id": "acme" } },
      template,
    })),
    as("kubernetes:apps/v1:DeploymentPatch", (template) => ({ template })),
    as("kubernetes:core/v1:ReplicationController", (template) => ({ template })),
    as("kubernetes:batch/v1:Job", (template) => ({ template })),
    as("kubernetes:batch/v1:CronJob", (template) => ({ jobTemplate: { spec: { template } } })),
    {
      what: "a Service that selects another tenant's pods",
      resource: "acme-service",
      change: ({ props }) => {
        props.spec.selector["tenant-id"] = "globex";
      },
      says: /metadata\.labels\.tenant-id is "acme"; must be "globex"/,
    },
    {
      what: "a Service that selects pods of all tenants",
      resource: "acme-service",
      change: ({ props }) => {
        props.spec.selector = { app: "nats" };
      },
      says: /spec\.selector\.tenant-id is missing; must be a tenant's id/,
    },
    {
      what: "a policy that selects by what is no id",
      resource: "tenant-nats-workers-acme",
      change: ({ props }) => {
        props.spec.podSelector.matchLabels["tenant-id"] = "ACME";
      },
      says: /spec\.podSelector\.matchLabels\.tenant-id is "ACME"; must be a tenant's id/,
    },
    {
      what: "a policy that lists what is no id",
      resource: "tenant-nats-workers-acme",
      change: ({ props }) => {
        const ids = { key: "tenant-id", operator: "In", values: ["acme", "*"] };
        props.spec.podSelector = { matchExpressions: [ids] };
      },
      says: /spec\.podSelector\.matchExpressions\[0\]\.values\[1\] is "\*"/,
    },
    {
      what: "a policy that is labelled as another tenant's",
      resource: "tenant-nats-workers-acme",
      change: ({ props }) => {
        props.metadata.labels = { "tenant-id": "globex" };
      },
      says: /spec\.podSelector\.matchLabels\.tenant-id is "acme"; must be "globex", as metadata\.labels\.tenant-id is/,
    },
    {
      what: "a policy that is labelled as one tenant's and selects all",
      resource: "account-sync-to-instances",
      change: ({ props }) => {
        props.metadata.labels = { "tenant-id": "acme" };
      },
      says: /spec\.podSelector\.matchLabels\.tenant-id is missing; must be "acme"/,
    },
  ],
  allowed: [
    {
      what: "a Job, whose pods Kubernetes selects itself",
      resource: "acme-worker",
      change: (resource) => {
        resource.type = "kubernetes:batch/v1:Job";
        delete resource.props.spec.selector;
      },
    },
    {
      what: "a patch of something else",
      resource: "acme-worker",
      change: (resource) => {
        resource.type = "kubernetes:apps/v1:DeploymentPatch";
        resource.props = { metadata: { name: "acme-orders", namespace: "vrsky-tenants" }, spec: { replicas: 2 } };
      },
    },
    {
      what: "pods of nobody elsewhere",
      resource: "acme-worker",
      change: ({ props }) => {
        props.metadata = { name: "web", namespace: "shop" };
        props.spec.selector = { matchLabels: { app: "web" } };
        props.spec.template.metadata.labels = { app: "web" };
      },
    },
    {
      what: "the longest id",
      resource: "acme-worker",
      change: ({ props }) => {
        for (const { labels } of [props.metadata, props.spec.template.metadata]) labels["tenant-id"] = "a".repeat(63);
        props.spec.selector.matchLabels["tenant-id"] = "a".repeat(63);
      },
    },
  ],
  undecided: [
    {
      what: "an id that is not known yet",
      resource: "acme-worker",
      change: ({ props }) => {
        props.metadata.labels["tenant-id"] = unknownText;
      },
      says: /metadata\.labels\.tenant-id/,
    },
    {
      what: "labels that are not known yet",
      resource: "acme-worker",
      change: ({ props }) => {
        props.spec.template.metadata.labels = unknownText;
      },
      says: /template\.metadata\.labels/,
    },
  ],
};
