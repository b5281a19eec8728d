import type { Field } from "../../kernel/field";
import type { KubernetesObject } from "../../kernel/object";
import { requirementsOf } from "../requirements";
import { range } from "./network-policy";
import type { Dialect, Pods, Statement } from "./statement";

/** What leaves the decision to others, or is a no. */
const admitsNobody = ["Deny", "Pass"];

/**
 * What policies of cluster administrators let in; it counts whatever NetworkPolicies say.
 * @see https://network-policy-api.sigs.k8s.io/
 */
export function adminPolicy({ root }: KubernetesObject): Statement[] {
  const spec = root.at("spec");
  const rules = spec
    .at("ingress")
    .list()
    .filter((rule) => !admitsNobody.includes(rule.at("action").text() ?? ""));
  return [{ subject: pods(spec.at("subject")) ?? { namespace: [], labels: [] }, rules, dialect }];
}

const dialect: Dialect = {
  peersField: "from",
  peers: (rule) => rule.at("from").list(),
  peer: pods,
  portsField: "ports",
  // `ports` of AdminNetworkPolicy, `protocols` of ClusterNetworkPolicy, which came after it.
  ports: (rule) => [...rule.at("ports").list(), ...rule.at("protocols").list()],
  port: (port) => {
    const [single, several] = [port.at("portNumber"), port.at("portRange")];
    const target = port.at("tcp", "destinationPort");
    if (target.isThere) {
      const number = target.at("number").value;
      return range(number ?? target.at("range", "start").value, number ?? target.at("range", "end").value);
    }
    const written = single.isThere ? single : several;
    if ((written.at("protocol").text() ?? "TCP") !== "TCP") return undefined;
    return single.isThere
      ? range(single.at("port").value, single.at("port").value)
      : range(several.at("start").value, several.at("end").value);
  },
};

function pods(field: Field): Pods | undefined {
  const [all, some] = [field.at("namespaces"), field.at("pods")];
  if (all.isThere) return { namespace: requirementsOf(all), labels: [] };
  if (!some.isThere) return undefined;
  return {
    namespace: requirementsOf(some.at("namespaceSelector")),
    labels: requirementsOf(some.at("podSelector")),
  };
}
