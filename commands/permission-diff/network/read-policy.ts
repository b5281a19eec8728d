import { namespaceNamed, requirementsOf } from "../../../policies/isolation/requirements";
import type { Field } from "../../../policies/kernel/field";
import { type KubernetesObject, nameOf, namespaceOf } from "../../../policies/kernel/object";
import { allPorts, type Direction, type NetworkPolicy, type Peer, type Ports, type Rule } from "./policy";
import { networkOf, type Range } from "./ranges";

/**
 * Reads Kubernetes' own NetworkPolicy.
 * @throws {Misshapen} or Error if something of it cannot be read
 * @see https://kubernetes.io/docs/concepts/services-networking/network-policies/
 */
export function readNetworkPolicy(object: KubernetesObject, stack: string): NetworkPolicy {
  const spec = object.root.at("spec");
  const namespace = namespaceNamed(namespaceOf(object));
  const types = spec
    .at("policyTypes")
    .list()
    .map((type) => type.text());
  // What is not said is so: every policy is about ingress, one with rules for egress about that, too.
  const isAbout = (direction: Direction, type: string) =>
    types.length > 0 ? types.includes(type) : direction === "ingress" || spec.at(direction).list().length > 0;
  const rules = (direction: Direction, type: string, peers: string) =>
    isAbout(direction, type)
      ? spec
          .at(direction)
          .list()
          .map((rule) => readRule(rule, peers, namespace))
      : undefined;
  return {
    stack,
    name: nameOf(object),
    subject: { namespace, labels: requirementsOf(spec.at("podSelector")) },
    rules: { ingress: rules("ingress", "Ingress", "from"), egress: rules("egress", "Egress", "to") },
  };
}

type Requirements = ReturnType<typeof requirementsOf>;

function readRule(rule: Field, peersField: string, own: Requirements): Rule {
  const peers = rule.at(peersField).list();
  const ports = rule.at("ports").list();
  return {
    peers: peers.length === 0 ? [{ kind: "everyone" }] : peers.map((peer) => readPeer(peer, own)),
    ports: ports.length === 0 ? undefined : ports.map(readPorts),
  };
}

function readPeer(peer: Field, own: Requirements): Peer {
  const [block, pods, namespaces] = [peer.at("ipBlock"), peer.at("podSelector"), peer.at("namespaceSelector")];
  if (block.isThere) return readBlock(block);
  const namespace = namespaces.isThere ? requirementsOf(namespaces) : own;
  return { kind: "pods", pods: { namespace, labels: requirementsOf(pods) } };
}

function readBlock(block: Field): Peer {
  const network = (field: Field) => {
    const found = networkOf(field.text() ?? "");
    if (found === undefined) throw new Error(`${field.path} is ${field.shown}; must be a network in CIDR notation`);
    return found;
  };
  const { family, range } = network(block.at("cidr"));
  const except = block.at("except").list();
  const without = except.map((field) => field.text()).join(", ");
  const text = `${block.at("cidr").text()}${without === "" ? "" : ` except ${without}`}`;
  return { kind: "network", family, range, except: except.map((field) => network(field).range), text };
}

function readPorts(port: Field): Ports {
  const protocol = port.at("protocol").text() ?? "TCP";
  const { value } = port.at("port");
  if (value === undefined) return { protocol, range: allPorts };
  if (typeof value === "string") return { protocol, name: value };
  return { protocol, range: portRange(value, port.at("endPort").value ?? value, port) };
}

/** @throws Error if they are no ports */
export function portRange(from: unknown, to: unknown, field: Field): Range {
  if (Number.isSafeInteger(from) && Number.isSafeInteger(to))
    return { from: BigInt(from as number), to: BigInt(to as number) };
  throw new Error(`${field.path} is ${field.shown}; must be whole numbers`);
}
