import type { Field } from "../../kernel/field";
import { type KubernetesObject, namespaceOf } from "../../kernel/object";
import { namespaceNamed, requirementsOf } from "../requirements";
import type { Dialect, PortRange, Statement } from "./statement";

/**
 * What Kubernetes' own NetworkPolicy lets in.
 * @see https://kubernetes.io/docs/concepts/services-networking/network-policies/
 */
export function networkPolicy(object: KubernetesObject): Statement[] {
  const spec = object.root.at("spec");
  const labels = requirementsOf(spec.at("podSelector"));
  return [
    {
      subject: { namespace: ownNamespace(object), labels },
      rules: isIngress(spec.at("policyTypes")) ? spec.at("ingress").list() : [],
      dialect,
    },
  ];
}

/** Whether a policy of these types is about what comes in: it is, unless it says otherwise. */
export function isIngress(field: Field): boolean {
  const types = field.list();
  return types.length === 0 || types.some((type) => type.text() === "Ingress");
}

const ownNamespace = (object: KubernetesObject) => namespaceNamed(namespaceOf(object));

const dialect: Dialect = {
  peersField: "from",
  peers: (rule) => rule.at("from").list(),
  peer: (peer, object) => {
    const [pods, namespaces] = [peer.at("podSelector"), peer.at("namespaceSelector")];
    if (peer.at("ipBlock").isThere || !(pods.isThere || namespaces.isThere)) return undefined;
    const namespace = namespaces.isThere ? requirementsOf(namespaces) : ownNamespace(object);
    return { namespace, labels: requirementsOf(pods) };
  },
  portsField: "ports",
  ports: (rule) => rule.at("ports").list(),
  port: (port) => {
    if ((port.at("protocol").text() ?? "TCP") !== "TCP") return undefined;
    return range(port.at("port").value, port.at("endPort").value ?? port.at("port").value);
  },
};

/** Ports by number; one by name is whatever a pod calls so. */
export function range(from: unknown, to: unknown): PortRange | undefined {
  return typeof from === "number" && typeof to === "number" ? { from, to } : undefined;
}
