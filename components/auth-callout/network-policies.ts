import { monitoringNamespaceLabel } from "../labels";
import { dns, type NamedPolicy, tcp } from "../network-policy";
import { httpPort } from "../program/http-port";
import { calloutLabels, calloutName } from "./names";

/** NetworkPolicy of the callout in the platform's namespace. That a client may reach the platform's servers is said there. */
export const networkPolicy: NamedPolicy = {
  name: calloutName,
  spec: {
    podSelector: { matchLabels: calloutLabels },
    policyTypes: ["Ingress", "Egress"],
    ingress: [{ from: [{ namespaceSelector: { matchLabels: monitoringNamespaceLabel } }], ports: tcp(httpPort) }],
    egress: [
      // The API server. It is no pod, its address is the cluster's own affair, and policies see the port behind its Service.
      { ports: tcp(443, 6443) },
      dns,
    ],
  },
};
