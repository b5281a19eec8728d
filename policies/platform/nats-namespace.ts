import type { KubernetesObject } from "../kernel/object";
import { isPlatforms } from "./servers";

/** On a namespace: its pods may be clients of NATS. */
const clientsLabel = "nats-platform/clients";

const podSecurityLabels = ["enforce", "audit", "warn"].map((mode) => `pod-security.kubernetes.io/${mode}`);

/** Whether a Namespace holds NATS: by its name or the platform's label, or because it is for clients and has labels of PodSecurity. */
export function holdsNats(object: KubernetesObject, names: readonly string[]): boolean {
  const name = object.root.at("metadata", "name");
  if (name.isKnown && names.includes(name.text() ?? "")) return true;
  if (isPlatforms(object)) return true;
  const labels = object.root.at("metadata", "labels");
  return labels.at(clientsLabel).text() === "true" && podSecurityLabels.some((label) => labels.at(label).isThere);
}
