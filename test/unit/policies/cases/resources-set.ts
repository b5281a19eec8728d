import type { PolicyCases } from "../support/cases";
import { remove, set } from "../support/change";
import { unknownText } from "../support/pack";
import { platform, production } from "../support/platform";
import { wiredDeployment } from "../support/stacks";

const servers = "StatefulSet/nats";
const spec = ["spec", "template", "spec"] as const;
const resources = [...spec, "containers", 0, "resources"] as const;
const missing = (field: string) => new RegExp(`resources\\.${field} is missing; must be more than 0`);

export const cases: PolicyCases = {
  policy: "resources-set",
  compliant: platform(),
  config: production,
  mutations: [
    { what: "nothing", resource: servers, change: remove(resources), says: missing("requests\\.cpu") },
    {
      what: "no request of CPU",
      resource: servers,
      change: remove([...resources, "requests", "cpu"]),
      says: missing("requests\\.cpu"),
    },
    {
      what: "no request of memory",
      resource: servers,
      change: remove([...resources, "requests", "memory"]),
      says: missing("requests\\.memory"),
    },
    {
      what: "no limit of memory",
      resource: servers,
      change: remove([...resources, "limits", "memory"]),
      says: missing("limits\\.memory"),
    },
    {
      what: "a request of nothing",
      resource: servers,
      change: set([...resources, "requests", "cpu"], "0"),
      says: /requests\.cpu is "0"; must be more than 0/,
    },
    {
      what: "no limit of memory of another container",
      resource: servers,
      change: remove([...spec, "containers", 2, "resources", "limits", "memory"]),
      says: /containers\[2\]\.resources\.limits\.memory is missing/,
    },
    {
      what: "a limit below the request, in other units",
      resource: servers,
      change: set([...resources, "limits", "memory"], "8G"),
      says: /limits\.memory is "8G"; must be at least the request, "8Gi"/,
    },
    {
      what: "a limit of CPU below the request",
      resource: servers,
      change: set([...resources, "limits", "cpu"], "3999m"),
      says: /limits\.cpu is "3999m"; must be at least the request/,
    },
    {
      what: "an amount that is none",
      resource: servers,
      change: set([...resources, "requests", "memory"], "8 GB"),
      says: /requests\.memory is "8 GB"; must be a quantity/,
    },
    {
      what: "nothing in the platform's own Job",
      resource: "Job/buckets",
      change: remove(resources),
      says: /Job "nats\/buckets"/,
    },
    {
      what: "nothing in an init container of the platform's own Job",
      resource: "Job/buckets",
      change: ({ props }) => {
        const { resources: _, ...container } = props.spec.template.spec.containers[0];
        props.spec.template.spec.initContainers = [{ ...container, name: "init" }];
      },
      says: /initContainers\[0\]\.resources/,
    },
    {
      what: "nothing in pods with a server of their own",
      resource: "Service/nats",
      change: (resource) => {
        const [, web] = wiredDeployment();
        Object.assign(resource, structuredClone(web), { name: "Service/nats" });
        const container = resource.props.spec.template.spec.containers[0];
        container.image = `nats:2.14.2@sha256:${"0".repeat(64)}`;
        resource.props.spec.template.spec.automountServiceAccountToken = false;
      },
      says: missing("limits\\.memory"),
    },
  ],
  allowed: [
    {
      what: "plain numbers",
      resource: servers,
      change: set(resources, { requests: { cpu: 4, memory: 2 ** 33 }, limits: { memory: "8Gi" } }),
    },
    {
      what: "an app that is not the platform's",
      resource: "Service/nats",
      change: (resource) => {
        const [, web] = wiredDeployment();
        Object.assign(resource, structuredClone(web), { name: "Service/nats" });
        resource.props.spec.template.spec.automountServiceAccountToken = false;
      },
    },
    {
      what: "a patch of something else",
      resource: "Service/nats",
      change: (resource) => {
        resource.type = "kubernetes:apps/v1:StatefulSetPatch";
        const template = { metadata: { annotations: { restarted: "now" } }, spec: { containers: [{ name: "nats" }] } };
        const metadata = { name: "nats", namespace: "nats", labels: { "app.kubernetes.io/part-of": "nats-platform" } };
        resource.props = { metadata, spec: { template } };
      },
    },
  ],
  undecided: [
    {
      what: "resources that are not known yet",
      resource: servers,
      change: set(resources, unknownText),
      says: /resources/,
    },
    {
      what: "a limit that is not known yet",
      resource: servers,
      change: set([...resources, "limits", "memory"], unknownText),
      says: /limits\.memory/,
    },
  ],
};
