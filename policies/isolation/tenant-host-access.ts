import type { Findings } from "../kernel/findings";
import type { KubernetesObject } from "../kernel/object";
import { containersOf, podKinds, podTemplate } from "../kernel/pods";
import { objectPolicy } from "../kernel/policy";
import { refuseFields } from "../kernel/refused-field";
import { hostFields, hostVolumeFields, volumeOfClaim } from "./host-fields";
import { namespaces, tenantLabel } from "./settings";
import { isTenants, type TenancySettings } from "./tenants";

/** Tenants' pods and the nodes they run on. */
export const tenantHostAccess = objectPolicy<TenancySettings>({
  name: "tenant-host-access",
  description:
    "Tenants' pods have nothing of the node they run on: no network, processes, ports or files of it, no privilege.",
  reason:
    "Network policies do not hold for pods in the node's network, and who has a node has every pod on it, other tenants' among them.",
  severity: "critical",
  kinds: [...podKinds, "PersistentVolume", "PersistentVolumeClaim"],
  settings: { tenantLabel, namespaces },
  check: (object, settings, findings) => {
    if (object.kind === "PersistentVolume") {
      checkVolume(object, settings, findings);
      return;
    }
    if (object.kind === "PersistentVolumeClaim") {
      if (isTenants(object, settings)) refuseFields(object, object.root.at("spec"), [volumeOfClaim], findings);
      return;
    }
    const template = podTemplate(object);
    if (!template || !isTenants(object, settings)) return;
    const spec = template.at("spec");
    refuseFields(object, spec, hostFields.pod, findings);
    findings.try(object, () => {
      const volumes = spec.at("volumes").list();
      findings.each(object, volumes, (volume) => refuseFields(object, volume, hostFields.volume, findings));
    });
    findings.try(object, () => {
      const claims = object.kind === "StatefulSet" ? object.root.at("spec", "volumeClaimTemplates").list() : [];
      findings.each(object, claims, (claim) => refuseFields(object, claim.at("spec"), [volumeOfClaim], findings));
    });
    findings.each(object, containersOf(template), (container) => {
      refuseFields(object, container, hostFields.container, findings);
      findings.each(object, container.at("ports").list(), (port) => {
        refuseFields(object, port, hostFields.port, findings);
      });
    });
  },
  example: {
    violation: "spec: { hostNetwork: true, containers: [...] }",
    fix: "spec: { containers: [...] }",
  },
});

/** A node's folder that a tenant is to claim. */
function checkVolume(object: KubernetesObject, { namespaces }: TenancySettings, findings: Findings): void {
  const spec = object.root.at("spec");
  if (!namespaces.includes(spec.at("claimRef", "namespace").text() ?? "")) return;
  refuseFields(object, spec, hostVolumeFields, findings);
}
