import type { Findings } from "../kernel/findings";
import { mapsIn, NatsMap, readNatsConfig } from "../kernel/nats-config";
import type { KubernetesObject } from "../kernel/object";
import { objectPolicy } from "../kernel/policy";
import { type TextFile, textFiles } from "./files";
import { hasServerLabels } from "./servers";
import { production } from "./settings";

/** Who connects to each port of a server, by the section that opens it; clients' own is the whole file. */
const ports = [
  { section: "cluster", who: "routes between servers", checksPeers: true },
  { section: "leafnodes", who: "leaf nodes", checksPeers: false },
  { section: "leaf", who: "leaf nodes", checksPeers: false },
  { section: "gateway", who: "gateways", checksPeers: true },
  { section: "websocket", who: "clients by WebSocket", checksPeers: false },
  { section: "mqtt", who: "clients by MQTT", checksPeers: false },
] as const;

/** What makes a section open a port, or a whole file that of a server rather than a part that one includes. */
const opening = ["port", "listen", "host"];

const certificates = ["cert_file", "cert_store", "certs"];

const remedy =
  "Name the certificates of every port (chart: config.nats.tls, config.cluster.tls, config.leafnodes.tls; here tlsClientSecret, tlsClusterSecret, tlsLeafnodesSecret, tlsCaSecret).";

/** What NATS servers say over the network. */
export const platformTls = objectPolicy<{ production: boolean }>({
  name: "platform-tls",
  description: "In production NATS servers take clients, routes and leaf nodes by TLS alone.",
  reason: "Without it tokens of apps, messages and accounts are in the clear for whoever sees the network of a node.",
  severity: "high",
  kinds: ["ConfigMap", "Secret"],
  settings: { production },
  check: (object, settings, findings) => {
    if (!settings.production) return;
    findings.each(object, textFiles(object), (file) => {
      if (mayBeServers(object, file)) checkFile(object, file, findings);
    });
  },
  example: {
    violation: "nats.conf: '{ port: 4222, cluster: { port: 6222 } }'",
    fix: "nats.conf: '{ port: 4222, tls: { cert_file: ..., key_file: ... }, cluster: { port: 6222, tls: { cert_file: ..., key_file: ..., ca_file: ... } } }'",
  },
});

/** By the chart's name of the file, or in an object with its labels. A Secret needs these: those without are of tenants' instances. */
function mayBeServers(object: KubernetesObject, { name }: TextFile): boolean {
  const isNamed = object.kind === "ConfigMap" && /nats.*\.conf$/.test(name);
  return isNamed || (name.endsWith(".conf") && hasServerLabels(object.root));
}

function checkFile(object: KubernetesObject, file: TextFile, findings: Findings): void {
  const config = readNatsConfig(file.text());
  if (file.name !== "nats.conf" && !config.has(...opening, "cluster", "server_name")) return;
  const faults = faultsOf(config);
  if (faults.length === 0) return;
  findings.add(object, file.field, "must have TLS on every port", remedy, `a configuration with ${faults.join(", ")}`);
}

/** What is wrong with a configuration; empty for nothing. */
function faultsOf(config: NatsMap): string[] {
  const faults = hasCertificates(config) ? [] : ["no tls for clients"];
  if (isSet(config, "allow_non_tls")) faults.push("allow_non_tls");
  for (const { section, who, checksPeers } of ports) {
    for (const port of config.all(section).flatMap(({ value }) => mapsIn(value))) {
      if (!(section === "gateway" || port.has(...opening))) continue;
      if (!hasCertificates(port)) faults.push(`no tls for ${who}`);
      if (isSet(port, "no_tls")) faults.push(`no_tls for ${who}`);
      const tls = port.all("tls").flatMap(({ value }) => mapsIn(value));
      if (checksPeers && tls.some((map) => isSet(map, "insecure"))) faults.push(`insecure tls for ${who}`);
    }
  }
  return faults;
}

/** Of a section that is there twice the server takes one. */
function hasCertificates(config: NatsMap): boolean {
  const sections = config.all("tls");
  return sections.length > 0 && sections.every(({ value }) => value instanceof NatsMap && value.has(...certificates));
}

/** A variable that the file does not set may be anything. */
function isSet(config: NatsMap, key: string): boolean {
  return config.all(key).some(({ value }) => value !== undefined && value !== false);
}
