import type { Field } from "../kernel/field";
import type { Findings } from "../kernel/findings";
import type { KubernetesObject } from "../kernel/object";
import { podKinds, podTemplate } from "../kernel/pods";
import { objectPolicy } from "../kernel/policy";
import { quantityOf } from "./quantity";
import { isPlatforms, serverTemplate } from "./servers";

/** What containers may take. */
export const resourcesSet = objectPolicy({
  name: "resources-set",
  description:
    "Containers of NATS servers and of the platform's pods request CPU and memory, and have a limit of memory that is not below it.",
  reason:
    "Pods without requests are put where there is no room, and are the first to be killed; a server without a limit takes the node with it.",
  severity: "medium",
  kinds: podKinds,
  check: (object, _settings, findings) => {
    const template = podTemplate(object);
    if (!template || !(isPlatforms(object) || serverTemplate(object))) return;
    const containers = ["initContainers", "containers"].flatMap((list) => template.at("spec", list).list());
    findings.each(object, containers, (container) => checkContainer(object, container.at("resources"), findings));
  },
  example: {
    violation: "resources: { limits: { cpu: 500m } }",
    fix: "resources: { requests: { cpu: 100m, memory: 128Mi }, limits: { memory: 256Mi } }",
  },
});

function checkContainer(object: KubernetesObject, resources: Field, findings: Findings): void {
  const must = [resources.at("requests", "cpu"), resources.at("requests", "memory"), resources.at("limits", "memory")];
  findings.each(object, must, (field) => {
    if (object.isPatch && !field.isThere) return;
    if ((quantityOf(field) ?? 0) > 0) return;
    findings.add(object, field, "must be more than 0", "Set requests of cpu and memory, and a limit of memory.");
  });
  findings.each(object, ["cpu", "memory"], (name) => {
    const [request, limit] = [resources.at("requests", name), resources.at("limits", name)];
    const [least, most] = [quantityOf(request), quantityOf(limit)];
    if (least === undefined || most === undefined || most <= 0 || most >= least) return;
    findings.add(
      object,
      limit,
      `must be at least the request, ${request.shown}`,
      "Raise the limit or lower the request.",
    );
  });
}
