import type { Field } from "../kernel/field";
import { type KubernetesObject, namespaceOf } from "../kernel/object";
import { containersOf, podTemplate, variable } from "../kernel/pods";
import { stackPolicy } from "../kernel/policy";
import { selects } from "../kernel/selector";
import { urlVariable } from "./client";

/** Where a NATS client connects to, and the rules that let it out, beside each other. */
export const tokenEgress = stackPolicy({
  name: "token-egress",
  description:
    "Where a policy limits what a NATS client connects to, it lets it out to the address and port of NATS_URL.",
  reason:
    "A client whose rule is for another address waits for ever; whoever mends that in a hurry opens more than it needs.",
  severity: "medium",
  check: (objects, _settings, findings) => {
    const rules = objects.filter(({ kind }) => kind === "NetworkPolicy" || kind === "CiliumNetworkPolicy");
    for (const object of objects) {
      findings.try(object, () => {
        const template = podTemplate(object);
        if (!template || object.isPatch) return;
        const labels = template.at("metadata", "labels").texts();
        const policies = rules.filter((one) => isEgress(one) && namespaceOf(one) === namespaceOf(object));
        const selecting = policies.filter(({ root }) => selects(selectorOf(root), labels));
        if (selecting.length === 0) return;
        findings.each(object, containersOf(template), (container) => {
          const field = variable(container, urlVariable)?.at("value");
          if (!field) return;
          for (const address of addressesOf(field)) {
            if (selecting.some((policy) => letsOut(policy, address))) continue;
            findings.add(
              object,
              field,
              `no egress rule of the pods is for ${address.host}, port ${address.port}`,
              "Give the rule the same serviceAddress and port: wiring with nats: { enabled: true } makes both from one value.",
            );
          }
        });
      });
    }
  },
  example: {
    violation: "NATS_URL: nats://nats.nats.svc.cluster.local:4222; toFQDNs: [{ matchName: nats.example.com }]",
    fix: "NATS_URL: nats://nats.nats.svc.cluster.local:4222; toFQDNs: [{ matchName: nats.nats.svc.cluster.local }]",
  },
});

interface Address {
  readonly host: string;
  readonly port: number;
  /** Of a Service of the cluster. */
  readonly namespace?: string;
}

/** The addresses in NATS_URL; what is none is {@link tokenWiring}'s affair. */
function addressesOf(url: Field): Address[] {
  const texts = (url.text() ?? "").split(",").map((text) => text.trim());
  return texts.flatMap((text) => {
    const [, host = "", port = "4222"] = /^\w+:\/\/([\w.-]+)(?::(\d+))?$/.exec(text) ?? [];
    const namespace = /\.([\w-]+)\.svc\b/.exec(host)?.[1];
    return host === "" ? [] : [{ host, port: Number(port), ...(namespace ? { namespace } : {}) }];
  });
}

function isEgress({ kind, root }: KubernetesObject): boolean {
  if (kind === "CiliumNetworkPolicy") return root.at("spec", "egress").isThere;
  const types = root.at("spec", "policyTypes").list();
  return (
    kind === "NetworkPolicy" && (types.some((type) => type.text() === "Egress") || root.at("spec", "egress").isThere)
  );
}

function selectorOf(root: Field): Field {
  const cilium = root.at("spec", "endpointSelector");
  return cilium.isThere ? cilium : root.at("spec", "podSelector");
}

function letsOut(policy: KubernetesObject, address: Address): boolean {
  const { kind, root } = policy;
  const rules = root.at("spec", "egress").list();
  return kind === "NetworkPolicy"
    ? rules.some(
        (rule) =>
          hasPort(rule.at("ports").list(), address.port) && hasPeer(rule.at("to").list(), address, namespaceOf(policy)),
      )
    : rules.some((rule) => {
        const names = rule.at("toFQDNs").list();
        const ports = rule.at("toPorts").list();
        const isNamed = names.some((name) => name.at("matchName").text() === address.host);
        return (
          isNamed &&
          hasPort(
            ports.flatMap((one) => one.at("ports").list()),
            address.port,
          )
        );
      });
}

/** No port stands for all. */
function hasPort(ports: readonly Field[], port: number): boolean {
  if (ports.length === 0) return true;
  return ports.some((one) => {
    const first = Number(one.at("port").value ?? 0);
    const last = one.at("endPort").number() ?? first;
    return first === 0 || (first <= port && port <= last);
  });
}

/** No peer stands for all, pods without a namespace for those of the policy's own. */
function hasPeer(peers: readonly Field[], { namespace }: Address, own: string): boolean {
  if (peers.length === 0) return true;
  return peers.some((peer) => {
    if (peer.at("ipBlock").isThere) return namespace === undefined;
    if (namespace === undefined) return false;
    const namespaces = peer.at("namespaceSelector");
    return namespaces.isThere ? selects(namespaces, { "kubernetes.io/metadata.name": namespace }) : namespace === own;
  });
}
