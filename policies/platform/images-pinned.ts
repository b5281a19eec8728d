import type { Field } from "../kernel/field";
import { containersOf, podKinds, podTemplate } from "../kernel/pods";
import { objectPolicy } from "../kernel/policy";
import { isDigest, parseImage } from "./image";
import { production } from "./settings";

/** Which images run. */
export const imagesPinned = objectPolicy<{ production: boolean }>({
  name: "images-pinned",
  description: "Images of workloads name a tag other than latest, or a digest; in production a digest.",
  reason:
    "What a name without a tag stands for changes without a deployment; whoever may push a tag may change what runs.",
  severity: "medium",
  kinds: podKinds,
  settings: { production },
  check: (object, settings, findings) => {
    const template = podTemplate(object);
    if (!template) return;
    findings.each(object, imagesOf(template), (field) => {
      if (object.isPatch && !field.isThere) return;
      const fault = faultOf(field.text() ?? "", settings.production);
      if (fault) findings.add(object, field, fault, "Name the image as repository:tag@sha256:digest.");
    });
  },
  example: {
    violation: "image: nats",
    fix: "image: nats:2.14.2-alpine@sha256:<64 hex digits>",
  },
});

/** Of containers, and of volumes that are images. */
function imagesOf(template: Field): Field[] {
  const volumes = template
    .at("spec", "volumes")
    .list()
    .map((volume) => volume.at("image"))
    .filter(({ isThere }) => isThere)
    .map((image) => image.at("reference"));
  return [...containersOf(template).map((container) => container.at("image")), ...volumes];
}

function faultOf(reference: string, inProduction: boolean): string | undefined {
  const { tag, digest } = parseImage(reference);
  if (digest !== undefined && !isDigest(digest)) return "must have a digest of 64 hex digits, if any";
  if (tag?.toLowerCase() === "latest") return "must have another tag than latest";
  if (inProduction && digest === undefined) return "must have a digest";
  return tag || digest ? undefined : "must have a tag";
}
