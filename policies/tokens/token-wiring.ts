import { posix } from "node:path";
import type { Field } from "../kernel/field";
import type { Findings } from "../kernel/findings";
import type { KubernetesObject } from "../kernel/object";
import { containersOf, mountOf, podKinds, podTemplate, variable } from "../kernel/pods";
import { objectPolicy } from "../kernel/policy";
import { tokenFileVariable, tokenOf, tokenSources, urlVariable } from "./client";
import { audience } from "./settings";

const wire =
  "Mount a projected volume with the token, readOnly, name its file in NATS_TOKEN_FILE and the address in NATS_URL (in this program nats: { enabled: true } does).";

/** Volume, mount and variables of a NATS client, beside each other. */
export const tokenWiring = objectPolicy<{ audience: string }>({
  name: "token-wiring",
  description:
    "A NATS client's NATS_TOKEN_FILE is a projected token, mounted read-only and as a whole, and NATS_URL is an address without a password.",
  reason:
    "A client that reads another file logs in with another token, such as the one for the Kubernetes API; one in a subPath is never renewed; one that can be written can be exchanged.",
  severity: "high",
  kinds: podKinds,
  settings: { audience },
  check: (object, settings, findings) => {
    const template = podTemplate(object);
    if (!template) return;
    const containers = containersOf(template);
    findings.each(object, containers, (container) => checkFile(object, template, container, findings));
    findings.each(object, containers, (container) => checkUrl(object, container, findings));
    findings.each(object, template.at("spec", "volumes").list(), (volume) => checkPaths(object, volume, findings));
    const volumes = natsVolumes(template, settings.audience);
    findings.each(object, containers, (container) => {
      const mounts = container.at("volumeMounts").list();
      findings.each(object, mounts, (mount) => {
        if (volumes.includes(mount.at("name").text() ?? "")) checkMount(object, mount, findings);
      });
    });
  },
  remedy: (object, settings) => {
    const template = podTemplate(object);
    if (!template) return [];
    const volumes = natsVolumes(template, settings.audience);
    return containersOf(template)
      .flatMap((container) => container.at("volumeMounts").list())
      .filter((mount) => volumes.includes(mount.at("name").text() ?? "") && mount.at("readOnly").flag() !== true)
      .map((mount) => ({ field: mount.at("readOnly"), value: true }));
  },
  example: {
    violation: "env: [{ name: NATS_TOKEN_FILE, value: /var/run/secrets/kubernetes.io/serviceaccount/token }]",
    fix: "env: [{ name: NATS_TOKEN_FILE, value: /var/run/secrets/nats/token }] # where volume nats-token is mounted",
  },
});

/** The volumes that project tokens for NATS. */
function natsVolumes(template: Field, audience: string): string[] {
  return tokenSources(template)
    .filter(({ source }) => source.at("audience").isKnown && source.at("audience").value === audience)
    .map(({ volume }) => volume);
}

/** Of two sources of one path in a volume one is read, and another was looked at. */
function checkPaths(object: KubernetesObject, volume: Field, findings: Findings): void {
  const sources = volume.at("projected", "sources").list();
  const hasToken = sources.some((source) => source.at("serviceAccountToken").isThere);
  if (!hasToken) return;
  const known = new Set<string>();
  findings.each(object, sources.flatMap(pathsOf), (path) => {
    const text = posix.normalize(path.text() ?? "");
    if (known.has(text)) {
      findings.add(object, path, "must be the only source of its path in the volume", "Give each a path of its own.");
    }
    known.add(text);
  });
}

/** Where a source of a projected volume writes, as far as it says. Without items the keys of a Secret or ConfigMap are its files. */
function pathsOf(source: Field): Field[] {
  const items = ["secret", "configMap", "downwardAPI"].flatMap((kind) => source.at(kind, "items").list());
  return [source.at("serviceAccountToken"), source.at("clusterTrustBundle"), ...items]
    .filter((item) => item.isThere)
    .map((item) => item.at("path"));
}

function checkFile(object: KubernetesObject, template: Field, container: Field, findings: Findings): void {
  const entry = variable(container, tokenFileVariable);
  if (!entry) return;
  const field = entry.at("value");
  const file = field.text();
  if (file === undefined) {
    findings.add(object, field, "must be a path, written out", wire);
    return;
  }
  if (tokenOf(template, container)) return;
  const mounted = mountOf(container, file);
  const accepted = mounted
    ? `volume ${JSON.stringify(mounted.volume)} projects no ServiceAccount token as ${mounted.path}`
    : "no volume is mounted there";
  findings.add(object, field, accepted, wire);
}

function checkUrl(object: KubernetesObject, container: Field, findings: Findings): void {
  const [url, file] = [variable(container, urlVariable), variable(container, tokenFileVariable)];
  if (!url) {
    if (file && container.at("envFrom").list().length === 0) {
      findings.add(object, container.at("env"), `has ${tokenFileVariable} without ${urlVariable}`, wire, "a list");
    }
    return;
  }
  const field = url.at("value");
  const text = field.text();
  if (text === undefined || isAddress(text)) return;
  const shown = /@/.test(text) ? "an address with a user or password" : field.shown;
  findings.add(
    object,
    field,
    "must be nats://<host>:<port> or tls://<host>:<port>, without user or password",
    wire,
    shown,
  );
}

function isAddress(text: string): boolean {
  return text.split(",").every((one) => /^(nats|tls|ws|wss):\/\/[\w.-]+(:\d{1,5})?$/.test(one.trim()));
}

function checkMount(object: KubernetesObject, mount: Field, findings: Findings): void {
  const readOnly = mount.at("readOnly");
  if (readOnly.flag() !== true) findings.add(object, readOnly, "must be true", "Set readOnly: true.");
  for (const name of ["subPath", "subPathExpr"]) {
    const field = mount.at(name);
    if (field.text())
      findings.add(object, field, "must not be set", "Mount the volume as a whole: a subPath is never renewed.");
  }
}
