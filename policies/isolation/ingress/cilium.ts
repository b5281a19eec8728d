import type { Field } from "../../kernel/field";
import { type KubernetesObject, namespaceOf } from "../../kernel/object";
import { namespaceNamed, namespaceNameLabel, type Requirement, requirementsOf } from "../requirements";
import { range } from "./network-policy";
import type { Dialect, Pods, Statement } from "./statement";

/** A pod's namespace, and labels of its namespace, as Cilium writes them among the pod's own labels. */
const namespaceKey = "io.kubernetes.pod.namespace";
const namespaceLabelsPrefix = "io.cilium.k8s.namespace.labels.";

/**
 * What a policy of Cilium lets in. One rule without anything in it lets in nobody.
 * @see https://docs.cilium.io/en/stable/security/policy/language/
 */
export function ciliumPolicy(object: KubernetesObject): Statement[] {
  const { root } = object;
  const specs = [root.at("spec"), ...root.at("specs").list()];
  return specs
    .filter((spec) => spec.isThere && !spec.at("nodeSelector").isThere)
    .map((spec) => ({
      subject: pods(requirementsOf(spec.at("endpointSelector")), object),
      rules: spec
        .at("ingress")
        .list()
        .filter((rule) => rule.entries().length > 0),
      dialect,
    }));
}

const dialect: Dialect = {
  peersField: "fromEndpoints",
  // Any of the others, such as fromEntities and fromCIDR, is one peer as a whole. fromRequires only asks more of those that are let in.
  peers: (rule) => [
    ...rule.at("fromEndpoints").list(),
    ...rule
      .entries()
      .filter(([name]) => name.startsWith("from") && name !== "fromEndpoints" && name !== "fromRequires")
      .map(([, field]) => field),
  ],
  peer: (peer, object) => {
    if (peer.keys.at(-2) !== "fromEndpoints") return undefined;
    const requirements = requirementsOf(peer);
    return requirements.some(({ key }) => isForeign(key)) ? undefined : pods(requirements, object);
  },
  portsField: "toPorts",
  ports: (rule) => {
    const lists = rule
      .at("toPorts")
      .list()
      .map((entry) => entry.at("ports").list());
    return lists.some((list) => list.length === 0) ? [] : lists.flat();
  },
  port: (port) => {
    if (port.at("protocol").text() !== "TCP") return undefined;
    const from = numberOf(port.at("port"));
    return range(from, port.at("endPort").value ?? from);
  },
};

/** Cilium writes numbers of ports as text. */
function numberOf(field: Field): unknown {
  const { value } = field;
  return typeof value === "string" && /^\d+$/.test(value) ? Number(value) : value;
}

/** Labels that come from elsewhere than Kubernetes, such as `reserved:host`. */
const isForeign = (key: string) => key.includes(":") && !/^(k8s|any):/.test(key);

function pods(requirements: readonly Requirement[], object: KubernetesObject): Pods {
  const named = requirements.map((one) => ({ ...one, key: one.key.replace(/^(k8s|any):/, "") }));
  const namespace = named.flatMap((one) => {
    if (one.key === namespaceKey) return { ...one, key: namespaceNameLabel };
    const isOfNamespace = one.key.startsWith(namespaceLabelsPrefix);
    return isOfNamespace ? { ...one, key: one.key.slice(namespaceLabelsPrefix.length) } : [];
  });
  const labels = named.filter(({ key }) => {
    return key !== namespaceKey && !key.startsWith(namespaceLabelsPrefix) && !isForeign(key);
  });
  const isOwn = namespace.length === 0 && object.kind === "CiliumNetworkPolicy";
  return { namespace: isOwn ? namespaceNamed(namespaceOf(object)) : namespace, labels };
}
