import type { Mutable, PolicyCases } from "../support/cases";
import { set } from "../support/change";
import { unknownText } from "../support/pack";
import { namespace, policiesOf, tenancy, worker } from "../support/tenants";

const all = "vrsky-tenants";
const apps = "acme-apps";

/** The namespace of acme's apps, and a Deployment of them. */
function appsOfAcme() {
  const own: Mutable & { name: string } = structuredClone(namespace(apps));
  set(["metadata", "labels", "nats-platform/tenant"], "acme")(own);
  return [
    own,
    ...worker("acme")
      .slice(0, 1)
      .map((one) => {
        const deployment: Mutable & { name: string } = structuredClone({ ...one, name: "app" });
        set(["metadata", "namespace"], apps)(deployment);
        return deployment;
      }),
  ];
}

const label = (key: string, value: unknown) => set(["metadata", "labels", key], value);
const monitoring = /metadata\.labels\["nats-platform\/monitoring"\] is "true"; must not be on a namespace of tenants/;

function ofGlobex({ props }: Mutable): void {
  for (const labels of [props.metadata.labels, props.spec.selector.matchLabels, props.spec.template.metadata.labels])
    labels["tenant-id"] = "globex";
}

const others = /template\.metadata\.labels\.tenant-id is "globex"; must be "acme", of whom namespace acme-apps is/;

export const cases: PolicyCases = {
  policy: "tenant-namespaces",
  compliant: [namespace(), ...tenancy(), ...policiesOf("acme"), ...worker("acme"), ...appsOfAcme()],
  mutations: [
    {
      what: "the namespace of all tenants as one tenant's",
      resource: all,
      change: label("nats-platform/tenant", "acme"),
      says: /metadata\.labels\["nats-platform\/tenant"\] is "acme"; must not be set: every tenant has pods there/,
    },
    {
      what: "a patch of it",
      resource: all,
      change: (resource) => {
        resource.type = "kubernetes:core/v1:NamespacePatch";
        label("nats-platform/tenant", "acme")(resource);
      },
      says: /must not be set: every tenant/,
    },
    {
      what: "the namespace of all tenants as monitoring",
      resource: all,
      change: label("nats-platform/monitoring", "true"),
      says: monitoring,
    },
    {
      what: "a tenant's namespace as monitoring",
      resource: apps,
      change: label("nats-platform/monitoring", "true"),
      says: monitoring,
    },
    { what: "another tenant's pods", resource: "app", change: ofGlobex, says: others },
    {
      what: "another tenant's pods of a kind that is not Kubernetes' own",
      resource: "app",
      change: (resource) => {
        resource.type = "kubernetes:argoproj.io/v1alpha1:Rollout";
        ofGlobex(resource);
      },
      says: others,
    },
    {
      what: "a namespace that is another tenant's than its pods",
      resource: apps,
      change: label("nats-platform/tenant", "globex"),
      says: /template\.metadata\.labels\.tenant-id is "acme"; must be "globex"/,
    },
  ],
  allowed: [
    {
      what: "monitoring of nobody's",
      resource: apps,
      change: ({ props }) => {
        props.metadata.labels["nats-platform/monitoring"] = "true";
        delete props.metadata.labels["nats-platform/tenant"];
      },
    },
    {
      what: "pods of no tenant in a tenant's namespace",
      resource: "app",
      change: ({ props }) => {
        for (const labels of [
          props.metadata.labels,
          props.spec.selector.matchLabels,
          props.spec.template.metadata.labels,
        ])
          delete labels["tenant-id"];
      },
    },
  ],
  undecided: [
    {
      what: "a tenant that is not known yet",
      resource: apps,
      change: label("nats-platform/tenant", unknownText),
      says: /nats-platform\/tenant/,
    },
  ],
};
