import { accountSyncLabels, instanceAppLabel, monitoringNamespaceLabel } from "../labels";
import { dns, type NamedPolicy, namespaceNamed, tcp } from "../network-policy";
import { ports } from "../platform/ports";
import { httpPort } from "../program/http-port";
import { accountAskerLabel, accountSyncName } from "./names";

/**
 * NetworkPolicies of the platform's namespace for account-sync and for those who ask it. They add to the namespace's own: that a client may
 * reach the platform's servers is said there.
 */
export function networkPolicies(tenantsNamespace: string): NamedPolicy[] {
  const instances = { ...namespaceNamed(tenantsNamespace), podSelector: { matchLabels: instanceAppLabel } };
  const askers = { podSelector: { matchLabels: accountAskerLabel } };
  return [
    {
      name: accountSyncName,
      spec: {
        podSelector: { matchLabels: accountSyncLabels },
        policyTypes: ["Ingress", "Egress"],
        ingress: [
          {
            from: [{ namespaceSelector: { matchLabels: monitoringNamespaceLabel } }, askers],
            ports: tcp(httpPort),
          },
        ],
        egress: [
          { to: [instances], ports: tcp(ports.client) },
          // The API server. It is no pod, its address is the cluster's own affair, and policies see the port behind its Service.
          { ports: tcp(443, 6443) },
          dns,
        ],
      },
    },
    {
      name: "account-active",
      spec: {
        podSelector: { matchLabels: accountAskerLabel },
        policyTypes: ["Egress"],
        egress: [{ to: [{ podSelector: { matchLabels: accountSyncLabels } }], ports: tcp(httpPort) }, dns],
      },
    },
  ];
}
