import type { Field } from "../kernel/field";
import { type KubernetesObject, namespaceOf } from "../kernel/object";
import { containersOf, podTemplate } from "../kernel/pods";
import { parseImage } from "./image";

/** What the official chart puts on server pods, whatever the release is called. */
const serverLabels = { "app.kubernetes.io/name": "nats", "app.kubernetes.io/component": "nats" };

/** Names of images that run nats-server, whatever registry they are from. */
const serverImages = ["nats", "nats-server"];

/** The program in a command, a path or a line of shell; not one whose name only begins so, such as nats-server-config-reloader. */
const serverCommand = /(^|[\s/;&|"'=])nats-server($|[\s;&|"'])/;

/** What the official chart calls the container of the server. */
const serverContainer = "nats";

/** Whether labels are those of NATS servers. */
export function hasServerLabels(of: Field): boolean {
  const labels = of.at("metadata", "labels");
  return Object.entries(serverLabels).every(([key, value]) => labels.at(key).text() === value);
}

/** Whether a container runs nats-server: by its command, its image, or as the one of that name in a pod with the chart's labels. */
export function runsServer(template: Field, container: Field): boolean {
  const command = container.at("command").list();
  const args = container.at("args").list();
  const words = [...command, ...args.filter(({ isKnown }) => isKnown)];
  if (words.some((word) => serverCommand.test(word.text() ?? ""))) return true;
  if (container.at("name").text() === serverContainer && hasServerLabels(template)) return true;
  // Of an image that is no text, policy images-pinned speaks.
  const image = container.at("image").value;
  return typeof image === "string" && serverImages.includes(parseImage(image).name);
}

/** Whether pods are NATS servers: by the chart's labels, or because a container is one. */
export function isServerPod(template: Field): boolean {
  return hasServerLabels(template) || containersOf(template).some((container) => runsServer(template, container));
}

/** The template of pods that are NATS servers, of whatever cluster or tenant. */
export function serverTemplate(object: KubernetesObject): Field | undefined {
  const template = podTemplate(object);
  return template && isServerPod(template) ? template : undefined;
}

/**
 * Whether an object makes, or changes, the servers of a cluster. Those are a StatefulSet, or carry the chart's labels, by which Services and policies
 * find them; another workload with a nats-server in it is a server by itself, such as a tenant's instance.
 * @param servers StatefulSets as namespace/name, for patches, which may say neither
 */
export function isCluster(object: KubernetesObject, servers: readonly string[]): boolean {
  const template = podTemplate(object);
  if (!template) return false;
  if (hasServerLabels(object.root) || hasServerLabels(template)) return true;
  if (object.kind !== "StatefulSet") return false;
  return isServerPod(template) || (object.isPatch && servers.includes(fullName(object)));
}

/** `namespace/name`, for settings that name objects. */
export function fullName(object: KubernetesObject): string {
  return `${namespaceOf(object)}/${object.root.at("metadata", "name").text() ?? ""}`;
}

/** Whether an object, or the pods that it makes, is of this platform. */
export function isPlatforms(object: KubernetesObject): boolean {
  const places = [object.root, podTemplate(object)].filter((place) => place !== undefined);
  return places.some(
    (place) => place.at("metadata", "labels").at("app.kubernetes.io/part-of").text() === "nats-platform",
  );
}
