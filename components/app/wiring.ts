import { posix } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { clientLabel } from "../labels";
import { throwProblems } from "./errors";
import { type NatsArgs, type NatsSettings, natsSettings } from "./nats-args";
import { containerLists, type Fields, fieldsOf, isOpen, isStructureKnown, itemsOf, type PodTemplate } from "./template";

/** Name of the volume with the token. */
const tokenVolume = "nats-token";

/** Audience of the token: who it is meant for, and the only one that takes it. */
export const tokenAudience = "nats";

/** File of the token within its volume. */
const tokenFile = "token";

/** Wires a pod template, or a Pod; returns another one of the same type and leaves the one it was given as it is. */
export type Wiring = <Template extends PodTemplate>(template: Template, subject?: string) => Template;

/**
 * Makes the transformation of a pod template that gives an app its way to NATS:
 *
 * - volume `nats-token`: a projected ServiceAccount token of the pod, audience `nats`, file `token`, renewed by the kubelet;
 * - in the first container, or in all that `containers` names: that volume, read-only, at `tokenPath`, and the variables
 *   `NATS_URL` (`nats://<serviceAddress>:<port>`) and `NATS_TOKEN_FILE` (`<tokenPath>/token`);
 * - pod label `nats-platform/client: "true"`, by which the platform's NetworkPolicy admits the pod.
 *
 * What the template has stays, in its order, before what is added. Wiring what is wired already changes nothing. While `enabled` is not true the template
 * comes back as it is.
 *
 * The pod's ServiceAccount is what NATS knows the app by. One that is missing or called `default` is allowed, because a token of it is as good;
 * but every pod of the namespace that names none is then the same app to NATS, so give an app a ServiceAccount of its own.
 * `automountServiceAccountToken: false` does not matter: it is about the token for Kubernetes' API, and this volume is another.
 *
 * The transformation takes the template and, for its errors, what the template belongs to, such as `Deployment "web"`.
 * @throws {WiringError} if an argument is out of range; and, from the transformation, if the template has something else under a name
 * that wiring uses (a volume, a mount, a variable, the label), or has no container of a name, with all such problems at once
 * @see https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/#serviceaccount-token-volume-projection
 */
export function natsWiring(args: NatsArgs = {}): Wiring {
  const settings = natsSettings(args);
  return (template, subject = "pod template") => (settings.enabled ? wire(template, settings, subject) : template);
}

function wire<Template extends PodTemplate>(template: Template, settings: NatsSettings, subject: string): Template {
  if (!isStructureKnown(template)) {
    throwProblems(subject, [
      "its containers, volumes or labels are not known yet: wire it where they are, such as in `apply` of the Output they come from",
    ]);
  }
  const problems: string[] = [];
  const wired = {
    ...template,
    metadata: labelled(template.metadata, problems),
    spec: podSpec(template.spec, settings, problems),
  };
  throwProblems(subject, problems);
  return wired;
}

function labelled(metadata: unknown, problems: string[]): Fields {
  const { labels } = fieldsOf(metadata);
  for (const [name, value] of Object.entries(clientLabel)) {
    const present = fieldsOf(labels)[name];
    if (present === undefined || present === value) continue;
    problems.push(
      `the pod's label ${name} is ${isOpen(present) ? JSON.stringify(present) : "not known yet"} and wiring to NATS sets "${value}": remove it from the template`,
    );
  }
  return { ...fieldsOf(metadata), labels: { ...fieldsOf(labels), ...clientLabel } };
}

function podSpec(spec: unknown, settings: NatsSettings, problems: string[]): Fields {
  const pod = fieldsOf(spec);
  const targets = targetNames(pod, settings, problems);
  const volume = tokenVolumeOf(settings);
  const lists = containerLists.filter((list) => pod[list] !== undefined);
  return {
    ...pod,
    ...Object.fromEntries(
      lists.map((list) => [
        list,
        itemsOf(pod[list]).map((one) => (targets.has(one.name) ? container(one, settings, problems) : one)),
      ]),
    ),
    volumes: withEntry(pod.volumes, volume, sameName(tokenVolume), () =>
      problems.push(
        `volume ${tokenVolume} is in the template with another meaning than wiring to NATS gives it, a token for audience "${tokenAudience}" ` +
          `that is valid for ${settings.tokenExpirationSeconds} s: rename the template's volume`,
      ),
    ),
  };
}

/** Names of the containers to wire. */
function targetNames(pod: Fields, { containers }: NatsSettings, problems: string[]): Set<unknown> {
  const main = itemsOf(pod.containers).map(({ name }) => name);
  const all = [...main, ...itemsOf(pod.initContainers).map(({ name }) => name)];
  if (main.length === 0) problems.push("it has no container to wire: a pod has at least one");
  const unknown = (containers ?? []).filter((name) => !all.includes(name));
  if (main.length > 0 && unknown.length > 0) {
    problems.push(
      `there is no container ${unknown.map((name) => JSON.stringify(name)).join(" or ")}, which \`containers\` names: it must be among ${all.join(", ")}`,
    );
  }
  return new Set(containers ?? main.slice(0, 1));
}

/** The volume, as it is in a pod's spec. */
function tokenVolumeOf({ tokenExpirationSeconds }: NatsSettings) {
  const serviceAccountToken = {
    audience: tokenAudience,
    expirationSeconds: tokenExpirationSeconds,
    path: tokenFile,
  };
  return { name: tokenVolume, projected: { sources: [{ serviceAccountToken }] } };
}

function container(one: Fields, settings: NatsSettings, problems: string[]): Fields {
  const { serviceAddress, port, tokenPath } = settings;
  const where = `container "${one.name}"`;
  const variables = [
    { name: "NATS_URL", value: `nats://${serviceAddress}:${port}` },
    { name: "NATS_TOKEN_FILE", value: `${tokenPath}/${tokenFile}` },
  ];
  const mount = { mountPath: tokenPath, name: tokenVolume, readOnly: true };
  const env = variables.reduce<unknown>(
    (list, variable) =>
      withEntry(list, variable, sameName(variable.name), ({ value, valueFrom }) =>
        // What it holds is not told: addresses and files with a password in them are not unheard of.
        problems.push(
          `${where} sets ${variable.name} ${describeSource(value, valueFrom)} and wiring to NATS sets it to "${variable.value}": remove it from the container`,
        ),
      ),
    one.env,
  );
  const volumeMounts = withEntry(one.volumeMounts, mount, atOrBelow(tokenPath), ({ name, mountPath }) =>
    problems.push(
      `${where} mounts ${name === tokenVolume ? `${tokenVolume} in another way` : `volume ${JSON.stringify(name)}`} at ${mountPath}, where wiring to NATS ` +
        `mounts ${tokenVolume}, read-only: mount it elsewhere, or set another tokenPath`,
    ),
  );
  return { ...one, env, volumeMounts };
}

/** A list with an entry at its end, unless it has it. What has the entry's place and is not the entry is a clash. */
function withEntry(
  list: unknown,
  entry: Fields,
  isInPlace: (item: Fields) => boolean,
  onClash: (item: Fields) => void,
): unknown[] {
  const items: unknown[] = Array.isArray(list) ? list : [];
  const present = items.map(fieldsOf).filter(isInPlace);
  for (const item of present) if (!isDeepStrictEqual(item, entry)) onClash(item);
  return present.length > 0 ? [...items] : [...items, entry];
}

function sameName(name: string): (item: Fields) => boolean {
  return (item) => item.name === name;
}

/** `/a/b/` is the same folder as `/a/b`; what is mounted at `/a/b/token` would hide that file. */
function atOrBelow(folder: string): (item: Fields) => boolean {
  return ({ mountPath }) =>
    typeof mountPath === "string" && `${posix.join("/", mountPath, ".")}/`.startsWith(`${folder}/`);
}

function describeSource(value: unknown, valueFrom: unknown): string {
  if (valueFrom !== undefined) return "from elsewhere (valueFrom)";
  return isOpen(value) ? "to another value" : "to a value that is not known yet";
}
