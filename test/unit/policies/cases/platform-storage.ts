import type { Mutable, PolicyCases } from "../support/cases";
import { remove, replace, set } from "../support/change";
import { unknownText } from "../support/pack";
import { platform, production } from "../support/platform";

const servers = "StatefulSet/nats";
const claim = ["spec", "volumeClaimTemplates", 0, "spec"] as const;
const size = [...claim, "resources", "requests", "storage"] as const;
const conf = ["data", "nats.conf"] as const;

/** JetStream's data on another volume than a claim. */
function on(volume: object) {
  return ({ props }: Mutable) => {
    props.spec.volumeClaimTemplates = props.spec.volumeClaimTemplates.slice(1);
    props.spec.template.spec.volumes.push({ name: "nats-js", ...volume });
  };
}

function mounts(resource: Mutable): { name: string; mountPath: string }[] {
  return resource.props.spec.template.spec.containers[0].volumeMounts;
}

/** A claim that is made before the servers, or beside them. */
function ownClaim(name: string, spec: object) {
  return (resource: Mutable) => {
    resource.type = "kubernetes:core/v1:PersistentVolumeClaim";
    resource.props = { kind: "PersistentVolumeClaim", metadata: { name, namespace: "nats" }, spec };
    resource.protect = true;
  };
}

const resources = { requests: { storage: "10Gi" } };

export const cases: PolicyCases = {
  policy: "platform-storage",
  compliant: platform(),
  config: { ...production, "platform-storage": { production: true, storageClasses: ["fast", "faster"] } },
  mutations: [
    {
      what: "no class",
      resource: servers,
      change: remove([...claim, "storageClassName"]),
      says: /volumeClaimTemplates\[0\]\.spec\.storageClassName is missing; must be one of fast, faster/,
    },
    {
      what: "an empty class",
      resource: servers,
      change: set([...claim, "storageClassName"], ""),
      says: /storageClassName is ""/,
    },
    {
      what: "another class",
      resource: servers,
      change: set([...claim, "storageClassName"], "slow"),
      says: /is "slow"/,
    },
    {
      what: "another class by annotation, which goes before",
      resource: servers,
      change: set(["spec", "volumeClaimTemplates", 0, "metadata", "annotations"], {
        "volume.beta.kubernetes.io/storage-class": "slow",
      }),
      says: /annotations\["volume\.beta\.kubernetes\.io\/storage-class"\] is "slow"/,
    },
    {
      what: "too small a volume",
      resource: servers,
      change: set(size, "100Mi"),
      says: /storage is "100Mi"; must be at least 1Gi/,
    },
    { what: "no size", resource: servers, change: remove(size), says: /storage is missing/ },
    { what: "a size that is none", resource: servers, change: set(size, "ten"), says: /must be a quantity/ },
    {
      what: "JetStream in an emptyDir",
      resource: servers,
      change: on({ emptyDir: {} }),
      says: /volumes\[\d+\] is .*emptyDir.*; must be a claim: JetStream's data is in \/data\/jetstream/,
    },
    {
      what: "JetStream on a volume that goes with the pod",
      resource: servers,
      change: on({ ephemeral: { volumeClaimTemplate: {} } }),
      says: /ephemeral.*must be a claim/,
    },
    {
      what: "JetStream in an emptyDir within the volume",
      resource: servers,
      change: (resource) => {
        resource.props.spec.template.spec.volumes.push({ name: "scratch", emptyDir: {} });
        mounts(resource).push({ name: "scratch", mountPath: "/data/jetstream" });
      },
      says: /scratch.*must be a claim/,
    },
    {
      what: "JetStream on no volume",
      resource: servers,
      change: (resource) => {
        const container = resource.props.spec.template.spec.containers[0];
        container.volumeMounts = mounts(resource).filter(({ name }) => name !== "nats-js");
      },
      says: /volumeMounts is a list; must have one for JetStream's data in \/data\/jetstream/,
    },
    {
      what: "JetStream's data elsewhere by configuration",
      resource: "ConfigMap/nats-config",
      change: replace(conf, '"store_dir": "/data"', '"store_dir": "/var/run/nats"'),
      says: /StatefulSet "nats\/nats": spec\.template\.spec\.volumes\[\d+\] is .*emptyDir/,
    },
    {
      what: "JetStream's data where the server puts it by default",
      resource: "ConfigMap/nats-config",
      change: replace(conf, '"store_dir": "/data"', '"domain": "hub"'),
      says: /must have one for JetStream's data in \/tmp\/nats\/jetstream/,
    },
    {
      what: "JetStream's data elsewhere by an argument",
      resource: servers,
      change: ({ props }) => props.spec.template.spec.containers[0].args.push("--store_dir=/var/run/nats"),
      says: /emptyDir.*must be a claim: JetStream's data is in \/var\/run\/nats\/jetstream/,
    },
    {
      what: "a claim that the servers take up",
      resource: "Service/nats",
      change: ownClaim("nats-js-nats-0", { storageClassName: "fast", resources: { requests: { storage: "1Mi" } } }),
      says: /PersistentVolumeClaim "nats\/nats-js-nats-0": spec\.resources\.requests\.storage is "1Mi"/,
    },
    {
      what: "a claim of the platform of another class",
      resource: "Service/nats",
      change: (resource) => {
        ownClaim("backup", { storageClassName: "slow", resources })(resource);
        resource.props.metadata.labels = { "app.kubernetes.io/part-of": "nats-platform" };
      },
      says: /storageClassName is "slow"/,
    },
  ],
  allowed: [
    { what: "another of the classes", resource: servers, change: set([...claim, "storageClassName"], "faster") },
    { what: "a size in other words", resource: servers, change: set(size, "107374182400") },
    {
      what: "a claim that is made apart",
      resource: servers,
      change: on({ persistentVolumeClaim: { claimName: "one" } }),
    },
    { what: "somebody else's claim", resource: "Service/nats", change: ownClaim("shop", { resources: {} }) },
    {
      what: "no JetStream",
      resource: "ConfigMap/nats-config",
      change: replace(conf, /"jetstream": \{[^}]*\},/, ""),
    },
  ],
  undecided: [
    {
      what: "a size that is not known yet",
      resource: servers,
      change: set(size, unknownText),
      says: /requests\.storage/,
    },
    {
      what: "a configuration that is not known yet",
      resource: "ConfigMap/nats-config",
      change: set(conf, unknownText),
      says: /nats\.conf/,
    },
  ],
};
