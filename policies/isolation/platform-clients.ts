import type { Field } from "../kernel/field";
import { objectPolicy } from "../kernel/policy";
import { guests, judge } from "./ingress/judge";
import type { Dialect, Statement } from "./ingress/statement";
import { networkPolicyKinds, statementsOf } from "./ingress/statements";
import { equal, imply } from "./requirements";
import { type Admitted, admittedList, type Labels, serverLabels, tenantLabel } from "./settings";
import { couldSelect } from "./tenants";

interface Settings {
  tenantLabel: string;
  serverLabels: Labels;
  platformNamespaces: string[];
  clients: Admitted[];
  openPorts: number[];
}

/** Who reaches the platform's servers. */
export const platformClients = objectPolicy<Settings>({
  name: "platform-clients",
  description:
    "Network policies let into the platform's servers the declared clients, on their ports, and nobody else.",
  reason:
    "Every tenant's messages are on these servers: whoever reaches their ports may guess at logins, read monitoring or join the cluster.",
  severity: "high",
  kinds: networkPolicyKinds,
  settings: {
    tenantLabel,
    serverLabels,
    platformNamespaces: {
      type: "array",
      items: { type: "string", minLength: 1 },
      description: "Namespaces of the platform's servers.",
      default: ["nats"],
    },
    clients: admittedList(
      "Who is let in: pods with all of podLabels, in the namespace or those with all of namespaceLabels (without either: the policy's own), on TCP ports.",
      [
        {
          namespaceLabels: { "nats-platform/clients": "true" },
          podLabels: { "nats-platform/client": "true" },
          ports: [4222, 7422],
        },
        { podLabels: serverLabels.default, ports: [6222] },
        { namespaceLabels: { "nats-platform/monitoring": "true" }, ports: [7777, 8222] },
      ],
    ),
    openPorts: {
      type: "array",
      items: { type: "integer", minimum: 1, maximum: 65_535 },
      description:
        "TCP ports that are open to everybody, as on a workstation, which is reached through ports of its node.",
      default: [],
    },
  },
  check: (object, settings, findings) => {
    const remedy =
      "Label clients and their namespaces, and name both labels in one peer; for other pods say so in the selector, by another app.kubernetes.io/name; declare others in clients.";
    for (const statement of statementsOf(object)) {
      if (!isAboutServers(statement, settings)) continue;
      const { dialect } = statement;
      const rules = statement.rules.filter((rule) => !dialect || !isOpen(rule, dialect, settings.openPorts));
      judge(object, { ...statement, rules }, guests(settings.clients, statement), remedy, findings);
    }
  },
  example: {
    violation: "ingress: [{ from: [{ namespaceSelector: {} }], ports: [{ protocol: TCP, port: 4222 }] }]",
    fix: 'ingress: [{ from: [{ namespaceSelector: { matchLabels: { nats-platform/clients: "true" } }, podSelector: { matchLabels: { nats-platform/client: "true" } } }], ports: [{ protocol: TCP, port: 4222 }] }]',
  },
});

/** Whether a rule is about nothing but ports that are open to everybody: whom it names makes no difference then. */
function isOpen(rule: Field, dialect: Dialect, open: readonly number[]): boolean {
  if (open.length === 0) return false;
  const ranges = dialect.ports(rule).map((port) => dialect.port(port));
  return ranges.length > 0 && ranges.every((range) => range?.from === range?.to && open.includes(range?.from ?? -1));
}

/**
 * Whether it could be about a server in the platform's namespace, or is about pods with the servers' labels wherever they are. No server is a
 * tenant's: policies that name a tenant are looked at as such.
 */
function isAboutServers({ subject }: Statement, settings: Settings): boolean {
  const labels = equal(settings.serverLabels);
  const isNoTenants = { key: settings.tenantLabel, operator: "DoesNotExist", values: [] };
  return (
    imply(subject.labels, labels) ||
    couldSelect(subject, { namespaces: settings.platformNamespaces, labels: [...labels, isNoTenants] })
  );
}
