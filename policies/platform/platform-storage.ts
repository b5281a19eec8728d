import { posix } from "node:path";
import type { Field } from "../kernel/field";
import type { Findings } from "../kernel/findings";
import type { NatsMap } from "../kernel/nats-config";
import { type KubernetesObject, namespaceOf } from "../kernel/object";
import { containersOf, mountOf, podTemplate } from "../kernel/pods";
import { stackPolicy } from "../kernel/policy";
import { configFile, configIn, jetstreamFolder } from "./jetstream-folder";
import { parseQuantity, quantityOf } from "./quantity";
import { hasServerLabels, isCluster, isPlatforms, runsServer } from "./servers";
import { production, servers } from "./settings";

interface Settings {
  production: boolean;
  storageClasses: string[];
  minSize: string;
  servers: string[];
}

/** Before StorageClass had a field; it still goes before it. */
const classAnnotation = "volume.beta.kubernetes.io/storage-class";

/** On what JetStream's data is kept. */
export const platformStorage = stackPolicy<Settings>({
  name: "platform-storage",
  description:
    "Servers of a NATS cluster keep JetStream's data on volumes of their own, large enough, in production of a StorageClass that is named.",
  reason:
    "What lies in an emptyDir is gone with its pod. The default class is whatever the cluster happens to have: slow, on the network, or deleted with its claim.",
  severity: "high",
  settings: {
    production,
    storageClasses: {
      type: "array",
      items: { type: "string" },
      description: "StorageClasses that volumes may be of; if any are named, volumes must name one; empty for any.",
      default: [],
    },
    minSize: { type: "string", description: "Least size of a volume, such as 10Gi.", default: "1Gi" },
    servers,
  },
  check: (objects, settings, findings) => {
    for (const object of objects) {
      findings.try(object, () => {
        if (object.kind === "PersistentVolumeClaim" && isServers(object, settings.servers)) {
          checkClaim(object, object.root, settings, findings);
        }
        if (!podTemplate(object) || !isCluster(object, settings.servers)) return;
        const claims = object.root.at("spec", "volumeClaimTemplates");
        findings.try(object, () =>
          findings.each(object, claims.list(), (claim) => checkClaim(object, claim, settings, findings)),
        );
        if (!object.isPatch) checkData(object, objects, findings);
      });
    }
  },
  example: {
    violation: "volumes: [{ name: nats-js, emptyDir: {} }]",
    fix: "volumeClaimTemplates: [{ metadata: { name: nats-js }, spec: { storageClassName: fast-local, resources: { requests: { storage: 10Gi } } } }]",
  },
});

/** By its labels, or by the name under which a StatefulSet of servers takes up a claim that is there already. */
function isServers(claim: KubernetesObject, names: readonly string[]): boolean {
  if (isPlatforms(claim) || hasServerLabels(claim.root)) return true;
  const name = claim.root.at("metadata", "name").text() ?? "";
  return names.some((server) => {
    const [namespace, statefulSet = ""] = server.split("/");
    return namespaceOf(claim) === namespace && name.replace(/-\d+$/, "").endsWith(`-${statefulSet}`);
  });
}

function checkClaim(object: KubernetesObject, claim: Field, settings: Settings, findings: Findings): void {
  findings.try(object, () => checkClass(object, claim, settings, findings));
  const size = claim.at("spec", "resources", "requests", "storage");
  if (object.isPatch && !size.isThere) return;
  if ((quantityOf(size) ?? 0) >= (parseQuantity(settings.minSize) ?? Number.POSITIVE_INFINITY)) return;
  findings.add(object, size, `must be at least ${settings.minSize}`, "Ask for more, or lower minSize.");
}

function checkClass(object: KubernetesObject, claim: Field, settings: Settings, findings: Findings): void {
  const annotation = claim.at("metadata", "annotations").at(classAnnotation);
  const field = annotation.isThere ? annotation : claim.at("spec", "storageClassName");
  if (object.isPatch && !field.isThere) return;
  const { storageClasses, production } = settings;
  const name = field.text();
  const accepted =
    storageClasses.length > 0 ? `must be one of ${storageClasses.join(", ")}` : "must name a StorageClass";
  if (storageClasses.length > 0 ? storageClasses.includes(name ?? "") : name || !production) return;
  findings.add(
    object,
    field,
    accepted,
    "Set storageClassName (chart: config.jetstream.fileStore.pvc, config.resolver.pvc).",
  );
}

/** Looks what each server's folder for JetStream is on, if it has one. */
function checkData(object: KubernetesObject, objects: readonly KubernetesObject[], findings: Findings): void {
  const template = podTemplate(object);
  if (!template) return;
  const claims = object.root
    .at("spec", "volumeClaimTemplates")
    .list()
    .map((claim) => claim.at("metadata", "name").text());
  const serving = containersOf(template).filter((container) => runsServer(template, container));
  findings.each(object, serving, (container) => {
    const doubts = findings.doubts.length;
    const file = configFile(object, container, objects);
    let config: NatsMap | undefined;
    if (file) {
      findings.try(file.source, () => {
        config = configIn(file.source, file.name);
      });
    }
    // Of a configuration that is not known nothing follows.
    if (findings.doubts.length > doubts) return;
    const folder = jetstreamFolder(container, config);
    if (folder === undefined) return;
    const remedy = `Mount a volume of volumeClaimTemplates at ${posix.dirname(folder)} (chart: config.jetstream.fileStore.pvc).`;
    const mounted = mountOf(container, folder);
    if (!mounted) {
      const accepted = `must have one for JetStream's data in ${folder}`;
      findings.add(object, container.at("volumeMounts"), accepted, remedy, "a list");
      return;
    }
    if (claims.includes(mounted.volume)) return;
    const volumes = template.at("spec", "volumes").list();
    const volume = volumes.find((one) => one.at("name").text() === mounted.volume);
    if (volume?.at("persistentVolumeClaim").isThere) return;
    findings.add(object, volume ?? mounted.mount, `must be a claim: JetStream's data is in ${folder}`, remedy);
  });
}
