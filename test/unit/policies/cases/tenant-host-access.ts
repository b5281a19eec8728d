import type { Mutable, PolicyCases } from "../support/cases";
import { unknownText } from "../support/pack";
import { denied, instance, policiesOf, worker } from "../support/tenants";

const pod = (what: string, change: (spec: Mutable["props"]) => void, says: RegExp, others: string[] = []) => ({
  what,
  resource: "acme",
  change: ({ props }: Mutable) => change(props.spec.template.spec),
  says,
  others,
});

/** PodSecurity asks for the same. */
const restricted = ["pod-security"];

/** Spec of a claim. */
const claim = (volumeName?: string) => ({
  accessModes: ["ReadWriteOnce"],
  resources: { requests: { storage: "1Gi" } },
  ...(volumeName ? { volumeName } : {}),
});

export const cases: PolicyCases = {
  policy: "tenant-host-access",
  compliant: [...denied(), ...policiesOf("acme"), ...instance("acme"), ...worker("acme")],
  mutations: [
    ...["hostNetwork", "hostPID", "hostIPC"].map((name) =>
      pod(
        name,
        (spec) => {
          spec[name] = true;
        },
        new RegExp(`spec\\.template\\.spec\\.${name} is true; must be false`),
        restricted,
      ),
    ),
    pod(
      "a port of the node",
      (spec) => {
        spec.containers[0].ports[0].hostPort = 4222;
      },
      /containers\[0\]\.ports\[0\]\.hostPort is 4222; must not be set/,
    ),
    pod(
      "a port of the node, of an init container that goes on",
      (spec) => {
        const [container] = spec.containers;
        spec.initContainers = [{ ...container, name: "side", ports: [{ containerPort: 1, hostPort: 1 }] }];
      },
      /initContainers\[0\]\.ports\[0\]\.hostPort is 1/,
    ),
    pod(
      "a folder of the node",
      (spec) => spec.volumes.push({ name: "host", hostPath: { path: "/var/lib/kubelet" } }),
      /volumes\[3\]\.hostPath is \{"path":"\/var\/lib\/kubelet"\}; must not be set/,
      restricted,
    ),
    pod(
      "a driver that gives a pod what it asks for",
      (spec) => spec.volumes.push({ name: "host", csi: { driver: "hostpath.csi.k8s.io" } }),
      /volumes\[3\]\.csi\.driver is "hostpath\.csi\.k8s\.io"; must be "secrets-store\.csi\.k8s\.io"/,
    ),
    pod(
      "a volume of somebody's, by a claim of the pod's own",
      (spec) => spec.volumes.push({ name: "host", ephemeral: { volumeClaimTemplate: { spec: claim("root") } } }),
      /volumes\[3\]\.ephemeral\.volumeClaimTemplate\.spec\.volumeName is "root"; must not be set/,
    ),
    pod(
      "a privileged container",
      (spec) => {
        spec.containers[1].securityContext.privileged = true;
      },
      /containers\[1\]\.securityContext\.privileged is true/,
      restricted,
    ),
    pod(
      "a privileged container for debugging",
      (spec) => {
        spec.ephemeralContainers = [{ name: "debug", image: "debug:1", securityContext: { privileged: true } }];
      },
      /ephemeralContainers\[0\]\.securityContext\.privileged is true/,
      restricted,
    ),
    pod(
      "a process of a Windows node",
      (spec) => {
        spec.securityContext.windowsOptions = { hostProcess: true };
      },
      /securityContext\.windowsOptions\.hostProcess is true/,
    ),
    pod(
      "a flag that is text",
      (spec) => {
        spec.hostNetwork = "true";
      },
      /hostNetwork is "true"; must be true or false/,
      restricted,
    ),
    {
      what: "a tenant's pods in another namespace",
      resource: "acme-worker",
      change: ({ props }) => {
        props.metadata.namespace = "shop";
        props.spec.template.spec.hostNetwork = true;
      },
      says: /hostNetwork is true/,
    },
    ...(["vrsky-tenants", "shop"] as const).map((namespace) => ({
      what: `a tenant's pods of a kind that is not Kubernetes' own, in ${namespace}`,
      resource: "acme-worker",
      change: (resource: Mutable) => {
        resource.type = "kubernetes:argoproj.io/v1alpha1:Rollout";
        resource.props.metadata.namespace = namespace;
        resource.props.spec.template.spec.hostNetwork = true;
      },
      says: /Rollout "[^"]+": spec\.template\.spec\.hostNetwork is true/,
      // In their namespace somebody must have declared the kind.
      others: namespace === "shop" ? [] : ["tenant-exposure"],
    })),
    {
      what: "a patch of a kind that is not Kubernetes' own",
      resource: "acme-worker",
      change: (resource) => {
        resource.type = "kubernetes:argoproj.io/v1alpha1:RolloutPatch";
        resource.props.spec = { template: { spec: { hostNetwork: true } } };
      },
      says: /hostNetwork is true/,
      others: ["tenant-exposure"],
    },
    {
      what: "a patch",
      resource: "acme-worker",
      change: (resource) => {
        resource.type = "kubernetes:apps/v1:DeploymentPatch";
        resource.props.spec = { template: { spec: { hostNetwork: true } } };
      },
      says: /hostNetwork is true/,
    },
    {
      what: "a folder of the node behind a claim",
      resource: "acme-worker",
      change: (resource) => {
        resource.type = "kubernetes:core/v1:PersistentVolume";
        const claimRef = { namespace: "vrsky-tenants", name: "data" };
        resource.props = { metadata: { name: "v" }, spec: { claimRef, hostPath: { path: "/" } } };
      },
      says: /PersistentVolume "v": spec\.hostPath is/,
    },
    {
      what: "a claim of a volume that is there",
      resource: "acme-worker",
      change: (resource) => {
        resource.type = "kubernetes:core/v1:PersistentVolumeClaim";
        resource.props = { metadata: { name: "data", namespace: "vrsky-tenants" }, spec: claim("root") };
      },
      says: /PersistentVolumeClaim "vrsky-tenants\/data": spec\.volumeName is "root"; must not be set\. Leave it out/,
    },
    {
      what: "such a claim for each pod of a StatefulSet",
      resource: "acme-worker",
      change: (resource) => {
        resource.type = "kubernetes:apps/v1:StatefulSet";
        resource.props.spec.volumeClaimTemplates = [{ metadata: { name: "data" }, spec: claim("root") }];
      },
      says: /spec\.volumeClaimTemplates\[0\]\.spec\.volumeName is "root"/,
    },
  ],
  allowed: [
    {
      what: "secrets by a driver, and a volume of the pod's own",
      resource: "acme-worker",
      change: ({ props }) => {
        const ephemeral = { volumeClaimTemplate: { spec: claim() } };
        const csi = { driver: "secrets-store.csi.k8s.io", readOnly: true };
        props.spec.template.spec.volumes = [
          { name: "own", ephemeral },
          { name: "secrets", csi },
        ];
      },
    },
    {
      what: "a claim, for a volume of its own",
      resource: "acme-worker",
      change: (resource) => {
        resource.type = "kubernetes:core/v1:PersistentVolumeClaim";
        resource.props = { metadata: { name: "data", namespace: "vrsky-tenants" }, spec: claim() };
      },
    },
    {
      what: "a claim of nobody's",
      resource: "acme-worker",
      change: (resource) => {
        resource.type = "kubernetes:core/v1:PersistentVolumeClaim";
        resource.props = { metadata: { name: "data", namespace: "shop" }, spec: claim("root") };
      },
    },
    {
      what: "flags that are off",
      resource: "acme",
      change: ({ props }) => Object.assign(props.spec.template.spec, { hostNetwork: false, hostPID: false }),
    },
    {
      what: "a kind that is not Kubernetes' own, and makes no pods",
      resource: "acme-worker",
      change: (resource) => {
        resource.type = "kubernetes:example.com/v1:Thing";
        resource.props = { metadata: { name: "x", namespace: "shop", labels: { "tenant-id": "acme" } } };
        resource.props.spec = { selector: "all()", template: "{{ .hostNetwork }}" };
      },
    },
    {
      what: "pods of nobody",
      resource: "acme-worker",
      change: ({ props }) => {
        props.metadata = { name: "web", namespace: "shop" };
        props.spec.selector = { matchLabels: { app: "web" } };
        props.spec.template.metadata.labels = { app: "web" };
        props.spec.template.spec.hostNetwork = true;
      },
    },
  ],
  undecided: [
    pod(
      "volumes that are not known yet",
      (spec) => {
        spec.volumes = unknownText;
      },
      /spec\.volumes/,
    ),
    pod(
      "a flag that is not known yet",
      (spec) => {
        spec.hostNetwork = unknownText;
      },
      /spec\.hostNetwork/,
    ),
  ],
};
