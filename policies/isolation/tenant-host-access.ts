import type { Field } from "../kernel/field";
import type { Findings } from "../kernel/findings";
import type { KubernetesObject } from "../kernel/object";
import { containersOf, podKinds, podTemplate } from "../kernel/pods";
import { objectPolicy } from "../kernel/policy";
import { namespaces, tenantLabel } from "./settings";
import { isTenants, type TenancySettings } from "./tenants";

/** Fields of a pod's spec and of every container by which it is the node's own. */
const podFlags = [
  ["hostNetwork"],
  ["hostPID"],
  ["hostIPC"],
  ["securityContext", "windowsOptions", "hostProcess"],
] as const;
const containerFlags = [
  ["securityContext", "privileged"],
  ["securityContext", "windowsOptions", "hostProcess"],
] as const;

/** Tenants' pods and the nodes they run on. */
export const tenantHostAccess = objectPolicy<TenancySettings>({
  name: "tenant-host-access",
  description:
    "Tenants' pods have nothing of the node they run on: no network, processes, ports or files of it, no privilege.",
  reason:
    "Network policies do not hold for pods in the node's network, and who has a node has every pod on it, other tenants' among them.",
  severity: "critical",
  kinds: [...podKinds, "PersistentVolume"],
  settings: { tenantLabel, namespaces },
  check: (object, settings, findings) => {
    if (object.kind === "PersistentVolume") {
      checkVolume(object, settings, findings);
      return;
    }
    const template = podTemplate(object);
    if (!template || !isTenants(object, settings)) return;
    const spec = template.at("spec");
    findings.try(object, () => checkFlags(object, spec, podFlags, findings));
    findings.try(object, () => {
      findings.each(object, spec.at("volumes").list(), (volume) => {
        refuse(object, volume.at("hostPath"), "Use an emptyDir or a PersistentVolumeClaim.", findings);
      });
    });
    findings.each(object, containersOf(template), (container) => {
      findings.try(object, () => checkFlags(object, container, containerFlags, findings));
      findings.each(object, container.at("ports").list(), (port) => {
        const field = port.at("hostPort");
        if (field.value === 0) return;
        refuse(object, field, "Leave it out: pods are reached by their Service.", findings);
      });
    });
  },
  example: {
    violation: "spec: { hostNetwork: true, containers: [...] }",
    fix: "spec: { containers: [...] }",
  },
});

function checkFlags(
  object: KubernetesObject,
  field: Field,
  flags: readonly (readonly string[])[],
  findings: Findings,
): void {
  findings.each(object, flags, (keys) => {
    const flag = field.at(...keys);
    if (flag.flag()) findings.add(object, flag, "must be false", "Leave it out.");
  });
}

function refuse(object: KubernetesObject, field: Field, remedy: string, findings: Findings): void {
  if (field.value !== undefined) findings.add(object, field, "must not be set", remedy);
}

/** A node's folder that a tenant is to claim. */
function checkVolume(object: KubernetesObject, { namespaces }: TenancySettings, findings: Findings): void {
  const spec = object.root.at("spec");
  if (!namespaces.includes(spec.at("claimRef", "namespace").text() ?? "")) return;
  for (const source of ["hostPath", "local"]) {
    refuse(object, spec.at(source), "Use a StorageClass that makes volumes of their own.", findings);
  }
}
