import {
  namespaceNamed,
  namespaceNameLabel,
  type Requirement,
  requirementsOf,
} from "../../../policies/isolation/requirements";
import type { Field } from "../../../policies/kernel/field";
import { type KubernetesObject, nameOf, namespaceOf } from "../../../policies/kernel/object";
import {
  allPorts,
  type Direction,
  type NetworkPolicy,
  type Peer,
  type PodSelector,
  type Ports,
  type Rule,
} from "./policy";
import { networkOf } from "./ranges";
import { portRange } from "./read-policy";

/** A pod's namespace, and labels of its namespace, as Cilium writes them among the pod's own labels. */
const namespaceKey = "io.kubernetes.pod.namespace";
const namespaceLabelsPrefix = "io.cilium.k8s.namespace.labels.";

/**
 * Reads a policy of Cilium. Peers other than pods and networks, such as names in DNS, are told apart by what is written, and so are rules above TCP.
 * @throws {Misshapen} or Error if something of it cannot be read, such as rules that deny
 * @see https://docs.cilium.io/en/stable/security/policy/language/
 */
export function readCiliumPolicy(object: KubernetesObject, stack: string): NetworkPolicy[] {
  const { root } = object;
  return [root.at("spec"), ...root.at("specs").list()]
    .filter((spec) => spec.isThere)
    .map((spec) => {
      const unread = ["nodeSelector", "ingressDeny", "egressDeny", "enableDefaultDeny"].find(
        (key) => spec.at(key).isThere,
      );
      if (unread) throw new Error(`${unread} is not read`);
      const rules = (direction: Direction, prefix: string) => {
        const field = spec.at(direction);
        return field.isThere ? field.list().flatMap((rule) => readRule(rule, prefix, object)) : undefined;
      };
      return {
        stack,
        name: nameOf(object),
        subject: podsOf(requirementsOf(spec.at("endpointSelector")), object),
        rules: { ingress: rules("ingress", "from"), egress: rules("egress", "to") },
      };
    });
}

/** A rule without anything in it lets in nobody. */
function readRule(rule: Field, prefix: string, object: KubernetesObject): Rule[] {
  const entries = rule.entries();
  if (entries.length === 0) return [];
  const peers = entries
    .filter(([key]) => key.startsWith(prefix) && key !== `${prefix}Ports`)
    .flatMap(([key, field]) => field.list().map((peer) => readPeer(key.slice(prefix.length), peer, object)));
  const apart = entries.map(([key]) => key).find((key) => !key.startsWith(prefix) && key !== "toPorts");
  if (apart) throw new Error(`${rule.path}.${apart} is not read`);
  const ports = rule
    .at("toPorts")
    .list()
    .flatMap((entry) => entry.at("ports").list().flatMap(readPorts));
  const hasPorts = rule.at("toPorts").list().length > 0;
  return [{ peers: peers.length > 0 ? peers : [{ kind: "everyone" }], ports: hasPorts ? ports : undefined }];
}

function readPeer(kind: string, peer: Field, object: KubernetesObject): Peer {
  const written = `${kind} ${typeof peer.value === "string" ? peer.value : JSON.stringify(peer.value)}`;
  if (kind === "Endpoints") {
    const requirements = requirementsOf(peer);
    const isForeign = requirements.some(({ key }) => key.includes(":") && !/^(k8s|any):/.test(key));
    return isForeign ? { kind: "other", text: written } : { kind: "pods", pods: podsOf(requirements, object) };
  }
  if (kind === "Entities" && peer.value === "all") return { kind: "everyone" };
  const network = kind === "CIDR" ? networkOf(String(peer.value)) : undefined;
  return network
    ? { kind: "network", ...network, except: [], text: String(peer.value) }
    : { kind: "other", text: written };
}

function readPorts(port: Field): Ports[] {
  const protocol = port.at("protocol").text() ?? "ANY";
  const text = String(port.at("port").value ?? "0");
  const protocols = protocol === "ANY" ? ["TCP", "UDP", "SCTP"] : [protocol];
  if (!/^\d+$/.test(text)) return protocols.map((one) => ({ protocol: one, name: text }));
  const range = text === "0" ? allPorts : portRange(Number(text), port.at("endPort").value ?? Number(text), port);
  return protocols.map((one) => ({ protocol: one, range }));
}

function podsOf(requirements: readonly Requirement[], object: KubernetesObject): PodSelector {
  const named = requirements.map((one) => ({ ...one, key: one.key.replace(/^(k8s|any):/, "") }));
  const isOfNamespace = ({ key }: Requirement) => key === namespaceKey || key.startsWith(namespaceLabelsPrefix);
  const namespace = named.filter(isOfNamespace).map((one) => ({
    ...one,
    key: one.key === namespaceKey ? namespaceNameLabel : one.key.slice(namespaceLabelsPrefix.length),
  }));
  const isOwn = namespace.length === 0 && object.kind === "CiliumNetworkPolicy";
  return {
    namespace: isOwn ? namespaceNamed(namespaceOf(object)) : namespace,
    labels: named.filter((one) => !isOfNamespace(one)),
  };
}
