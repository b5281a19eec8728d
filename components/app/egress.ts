import { clientLabel } from "../labels";
import { dns, type NamedPolicy, namespaceNamed, tcp } from "../network-policy";
import { type ServiceAddress, serviceOf } from "./address";
import { throwProblems, WiringError } from "./errors";
import type { NatsSettings } from "./nats-args";
import { fieldsOf, isOpen } from "./template";

/** Selects the pods of a workload. Its parts may be opaque. */
export interface PodSelector {
  readonly matchLabels?: unknown;
  readonly matchExpressions?: unknown;
}

/**
 * Checks that the chosen kind of policy can say where NATS is, before anything is made.
 * @throws {WiringError} if it cannot, with what can
 */
export function requireEgress(settings: NatsSettings): void {
  if (settings.networkPolicy === "kubernetes") requireService(settings);
  if (settings.networkPolicy === "cilium") requireWholeName(settings);
}

function requireService({ serviceAddress }: NatsSettings): ServiceAddress {
  const service = serviceOf(serviceAddress);
  if (service) return service;
  throw new WiringError("nats", [
    `serviceAddress = "${serviceAddress}" with networkPolicy "kubernetes": a NetworkPolicy can only name pods of the cluster, so it must be ` +
      '<service>.<namespace>.svc.cluster.local; for a server elsewhere set networkPolicy to "cilium", where Cilium runs, or to "none" and write a policy of ' +
      "your own",
  ]);
}

function requireWholeName({ serviceAddress }: NatsSettings): void {
  if (serviceAddress.includes(".")) return;
  throw new WiringError("nats", [
    `serviceAddress = "${serviceAddress}" with networkPolicy "cilium": Cilium compares the whole name that DNS was asked for, so it must be the whole ` +
      "name, such as <service>.<namespace>.svc.cluster.local",
  ]);
}

/** One rule of a CiliumNetworkPolicy's egress. https://docs.cilium.io/en/stable/security/policy/language/ */
export interface CiliumEgressRule {
  readonly toFQDNs?: readonly { readonly matchName: string }[];
  readonly toEndpoints?: readonly { readonly matchLabels: Readonly<Record<string, string>> }[];
  readonly toPorts: readonly {
    readonly ports: readonly { readonly port: string; readonly protocol: "TCP" | "ANY" }[];
    readonly rules?: { readonly dns: readonly { readonly matchPattern: string }[] };
  }[];
}

/** `spec` of a CiliumNetworkPolicy. */
export interface CiliumEgressSpec {
  readonly endpointSelector: PodSelector;
  readonly egress: readonly CiliumEgressRule[];
}

/**
 * DNS through Cilium's proxy, which is how Cilium learns the addresses behind the names of `toFQDNs`. Every name may be asked for: the whole of a search list
 * is, and a refusal in the midst of it ends the search in images with musl. Where pods ask another than `kube-dns` in `kube-system`, such as a
 * NodeLocal DNSCache, a policy of one's own must say so.
 * @see https://docs.cilium.io/en/stable/security/policy/language/#dns-proxy
 */
const ciliumDns: CiliumEgressRule = {
  toEndpoints: [{ matchLabels: { "k8s:io.kubernetes.pod.namespace": "kube-system", "k8s:k8s-app": "kube-dns" } }],
  toPorts: [{ ports: [{ port: "53", protocol: "ANY" }], rules: { dns: [{ matchPattern: "*" }] } }],
};

/**
 * Egress to NATS for Cilium: by DNS name; for a Service of the cluster by its pods too, because Cilium knows pods by their identity and
 * never by a name; and DNS. The port of the rule by name is the Service's, that of the rule by pods is the pods'.
 * @throws {WiringError} if the address is no whole name
 * @see https://docs.cilium.io/en/stable/security/policy/layer3/#dns-based
 */
export function ciliumEgress(settings: NatsSettings, selector: PodSelector): CiliumEgressSpec {
  const { serviceAddress, port, backend } = settings;
  requireWholeName(settings);
  const service = serviceOf(serviceAddress);
  const toPort = (number: number): CiliumEgressRule["toPorts"] => [
    { ports: [{ port: String(number), protocol: "TCP" }] },
  ];
  const pods = (namespace: string): CiliumEgressRule => ({
    toEndpoints: [
      { matchLabels: { "k8s:io.kubernetes.pod.namespace": namespace, ...kubernetesLabels(backend.podLabels) } },
    ],
    toPorts: toPort(backend.podPort),
  });
  return {
    endpointSelector: selector,
    egress: [
      { toFQDNs: [{ matchName: serviceAddress }], toPorts: toPort(port) },
      ...(service ? [pods(service.namespace)] : []),
      ciliumDns,
    ],
  };
}

/** Labels as Cilium calls those that come from Kubernetes. */
function kubernetesLabels(labels: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(labels).map(([key, value]) => [`k8s:${key}`, value]));
}

/** `spec` of a NetworkPolicy whose pods a workload's selector chooses. */
export type KubernetesEgressSpec = Omit<NamedPolicy["spec"], "podSelector"> & { readonly podSelector: PodSelector };

/**
 * Egress to NATS for any network plugin that enforces NetworkPolicies: the pods behind a Service of the cluster, on their port, and DNS.
 * @throws {WiringError} if the address is none of a Service of the cluster
 * @see https://kubernetes.io/docs/concepts/services-networking/network-policies/
 */
export function kubernetesEgress(settings: NatsSettings, selector: PodSelector): KubernetesEgressSpec {
  const { backend } = settings;
  const pods = {
    ...namespaceNamed(requireService(settings).namespace),
    podSelector: { matchLabels: backend.podLabels },
  };
  return {
    podSelector: selector,
    policyTypes: ["Egress"],
    egress: [{ to: [pods], ports: tcp(backend.podPort) }, dns],
  };
}

/**
 * The selector of a Deployment, StatefulSet or ReplicaSet, if it can be a policy's.
 * @param subject what it is of, for errors, such as `Deployment "web"`
 * @throws {WiringError} if it selects by nothing: a policy with it would be about every pod of the namespace
 */
export function workloadSelector(selector: unknown, subject: string): PodSelector {
  const { matchLabels, matchExpressions } = fieldsOf(selector);
  const byExpressions = !isOpen(matchExpressions) || (Array.isArray(matchExpressions) && matchExpressions.length > 0);
  if (!byExpressions && countLabels(matchLabels) === 0) {
    throwProblems(subject, [
      "its selector has no label, and an egress rule with it would be about every pod of the namespace: give spec.selector.matchLabels the pods' labels",
    ]);
  }
  return fieldsOf(selector);
}

/**
 * Selector made of a template's own labels, for what has none of its own: Jobs and CronJobs.
 * @param labels of the template, before it is wired
 * @throws {WiringError} if there is no label but the one that all NATS clients have
 */
export function templateSelector(labels: unknown, subject: string): PodSelector {
  const own = Object.fromEntries(Object.entries(fieldsOf(labels)).filter(([key]) => !(key in clientLabel)));
  if (countLabels(own) === 0) {
    throwProblems(subject, [
      "its pod template has no label of its own to select its pods by, and the egress rule would be about other pods of the namespace too: " +
        'give template.metadata.labels one, such as app: <name>, or set networkPolicy to "none"',
    ]);
  }
  return { matchLabels: own };
}

/** Labels that are there; of what is not known yet, one. */
function countLabels(labels: unknown): number {
  const isThere = (value: unknown) => value !== undefined && value !== null;
  return isOpen(labels) ? Object.values(fieldsOf(labels)).filter(isThere).length : 1;
}
