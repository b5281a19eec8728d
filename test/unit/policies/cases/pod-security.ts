import type { Mutable, PolicyCases } from "../support/cases";
import { remove, set } from "../support/change";
import { inEachKind } from "../support/kinds";
import { unknownText } from "../support/pack";
import { platform, production } from "../support/platform";
import { wiredDeployment } from "../support/stacks";

const servers = "StatefulSet/nats";
const spec = ["spec", "template", "spec"] as const;
const pod = [...spec, "securityContext"] as const;
const own = [...spec, "containers", 0, "securityContext"] as const;
const enforce = "pod-security.kubernetes.io/enforce";
const labels = ["metadata", "labels"] as const;

/** A Namespace in place of another object. */
function namespace(metadata: object) {
  return (resource: Mutable) => {
    resource.type = "kubernetes:core/v1:Namespace";
    resource.props = { kind: "Namespace", metadata };
    resource.protect = true;
  };
}

export const cases: PolicyCases = {
  policy: "pod-security",
  compliant: [...platform(), ...wiredDeployment()],
  config: { ...production, "images-pinned": { production: false } },
  mutations: [
    {
      what: "a namespace that enforces less",
      resource: "Namespace/nats",
      change: set([...labels, enforce], "baseline"),
      says: /Namespace "nats": metadata\.labels\["pod-security\.kubernetes\.io\/enforce"\] is "baseline"; must be restricted/,
    },
    {
      what: "a namespace that enforces nothing",
      resource: "Namespace/nats",
      change: remove([...labels, enforce]),
      says: /enforce"\] is missing/,
    },
    {
      what: "a namespace that enforces what was restricted long ago",
      resource: "Namespace/nats",
      change: set([...labels, `${enforce}-version`], "v1.19"),
      says: /enforce-version"\] is "v1\.19"; must be latest, or v1\.25 or newer/,
    },
    {
      what: "another namespace that is named in the settings",
      resource: "Service/nats",
      change: namespace({ name: "nats-callout" }),
      says: /Namespace "nats-callout"/,
    },
    {
      what: "a namespace of clients that only warns",
      resource: "Service/nats",
      change: namespace({
        name: "shop",
        labels: { "nats-platform/clients": "true", "pod-security.kubernetes.io/warn": "restricted" },
      }),
      says: /Namespace "shop"/,
    },
    {
      what: "pods that may be root's",
      resource: servers,
      change: remove([...pod, "runAsNonRoot"]),
      says: /containers\[0\]\.securityContext\.runAsNonRoot is missing; must be true/,
    },
    {
      what: "a container that takes it back",
      resource: servers,
      change: set([...own, "runAsNonRoot"], false),
      says: /containers\[0\]\.securityContext\.runAsNonRoot is false/,
    },
    {
      what: "pods of root's",
      resource: servers,
      change: set([...pod, "runAsUser"], 0),
      says: /runAsUser is 0; must not be 0/,
    },
    {
      what: "no seccomp profile",
      resource: servers,
      change: remove([...pod, "seccompProfile"]),
      says: /seccompProfile\.type is missing; must be RuntimeDefault/,
    },
    {
      what: "a container without a seccomp profile",
      resource: servers,
      change: set([...own, "seccompProfile"], { type: "Unconfined" }),
      says: /containers\[0\]\.securityContext\.seccompProfile\.type is "Unconfined"/,
    },
    {
      what: "privilege escalation by default",
      resource: servers,
      change: remove([...own, "allowPrivilegeEscalation"]),
      says: /allowPrivilegeEscalation is missing; must be false/,
    },
    {
      what: "a privileged container",
      resource: servers,
      change: set([...own, "privileged"], true),
      says: /privileged is true/,
    },
    {
      what: "capabilities",
      resource: servers,
      change: remove([...own, "capabilities"]),
      says: /drop is missing; must have ALL/,
    },
    {
      what: "some capabilities",
      resource: servers,
      change: set([...own, "capabilities", "drop"], ["NET_RAW"]),
      says: /drop is \["NET_RAW"\]; must have ALL in it/,
    },
    {
      what: "a capability that is added",
      resource: servers,
      change: set([...own, "capabilities", "add"], ["SYS_ADMIN"]),
      says: /add is \["SYS_ADMIN"\]; must have nothing in it but/,
    },
    {
      what: "a text in place of true",
      resource: servers,
      change: set([...pod, "runAsNonRoot"], "true"),
      says: /must be true/,
    },
    {
      what: "the node's network",
      resource: servers,
      change: set([...spec, "hostNetwork"], true),
      says: /hostNetwork is true/,
    },
    {
      what: "the node's files",
      resource: servers,
      change: ({ props }) => props.spec.template.spec.volumes.push({ name: "root", hostPath: { path: "/" } }),
      says: /hostPath is .*; must not be set/,
    },
    {
      what: "a sidecar that may do more",
      resource: servers,
      change: remove([...spec, "containers", 1, "securityContext"]),
      says: /containers\[1\]\.securityContext/,
    },
    {
      what: "an init container that may do more",
      resource: "web",
      change: ({ props }) => {
        const [{ image }] = props.spec.template.spec.containers;
        props.spec.template.spec.initContainers = [{ name: "init", image }];
      },
      says: /initContainers\[0\]\.securityContext/,
    },
    ...inEachKind("a client that may do more", ({ spec }) => {
      spec.containers[0].securityContext.privileged = true;
      spec.automountServiceAccountToken = false;
    }).map((mutation) => ({ ...mutation, resource: "web", says: /privileged is true; must not be true/ })),
  ],
  allowed: [
    {
      what: "everything said of the container",
      resource: "web",
      change: ({ props }) => {
        const { spec } = props.spec.template;
        spec.containers[0].securityContext = { ...spec.containers[0].securityContext, ...spec.securityContext };
        delete spec.securityContext;
      },
    },
    {
      what: "pods that are no clients",
      resource: "web",
      change: ({ props }) => {
        const { template } = props.spec;
        const [{ image }] = template.spec.containers;
        template.metadata.labels = { app: "web" };
        template.spec = { containers: [{ name: "web", image }] };
      },
    },
    {
      what: "somebody else's namespace",
      resource: "Service/nats",
      change: namespace({ name: "monitoring", labels: { [enforce]: "privileged" } }),
    },
    {
      what: "a version of restricted that is named",
      resource: "Namespace/nats",
      change: set([...labels, `${enforce}-version`], "v1.34"),
    },
  ],
  undecided: [
    {
      what: "a level that is not known yet",
      resource: "Namespace/nats",
      change: set([...labels, enforce], unknownText),
      says: /enforce/,
    },
    {
      what: "a context that is not known yet",
      resource: servers,
      change: set(own, unknownText),
      says: /securityContext/,
    },
  ],
};
