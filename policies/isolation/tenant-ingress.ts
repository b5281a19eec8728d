import { objectPolicy } from "../kernel/policy";
import { guest, guests, judge } from "./ingress/judge";
import type { Statement } from "./ingress/statement";
import { networkPolicyKinds, statementsOf } from "./ingress/statements";
import { equal, pinned } from "./requirements";
import {
  type Admitted,
  admittedList,
  instanceLabels,
  type Labels,
  namespaces,
  ports,
  tenantLabel,
  tenantNamespaceLabel,
} from "./settings";
import { couldSelect, instanceRequirements } from "./tenants";

interface Settings {
  tenantLabel: string;
  tenantNamespaceLabel: string;
  instanceLabels: Labels;
  namespaces: string[];
  ports: number[];
  admitted: Admitted[];
}

/** Who reaches tenants' instances. */
export const tenantIngress = objectPolicy<Settings>({
  name: "tenant-ingress",
  description:
    "Network policies let into a tenant's instances that tenant's pods and the declared services, on their ports, and nobody else.",
  reason:
    "Network policies add up: one that lets in more opens the instances, whatever the others say, and behind the port only a login stands between tenants.",
  severity: "critical",
  kinds: networkPolicyKinds,
  settings: {
    tenantLabel,
    tenantNamespaceLabel,
    instanceLabels,
    namespaces,
    ports,
    admitted: admittedList(
      "Who else is let in: pods with all of podLabels, in the namespace or those with all of namespaceLabels (without either: the policy's own), on TCP ports.",
      [
        { namespace: "nats", podLabels: { "app.kubernetes.io/name": "account-sync" }, ports: [4222] },
        { namespace: "vrsky-monitoring", ports: [7777, 8222] },
      ],
    ),
  },
  check: (object, settings, findings) => {
    const concerned = statementsOf(object).filter((statement) => isAboutTenants(statement, settings));
    const remedy = `Name the pods and their namespace in one peer, by labels; for other pods say so in the selector, by another ${Object.keys(settings.instanceLabels).join(", ")}; declare others in admitted.`;
    for (const statement of concerned) {
      judge(
        object,
        statement,
        [...ownPods(statement, settings), ...guests(settings.admitted, statement)],
        remedy,
        findings,
      );
    }
  },
  example: {
    violation: "ingress: [{ from: [{ namespaceSelector: {} }], ports: [{ protocol: TCP, port: 4222 }] }]",
    fix: "ingress: [{ from: [{ podSelector: { matchLabels: { tenant-id: acme } } }], ports: [{ protocol: TCP, port: 4222 }] }]",
  },
});

/** Whether it could be about an instance: it is in their namespace, or names the tenant's label. */
function isAboutTenants({ subject }: Statement, settings: Settings): boolean {
  const pods = instanceRequirements(settings.tenantLabel, settings.instanceLabels);
  if (couldSelect(subject, { namespaces: settings.namespaces, labels: pods })) return true;
  const isNamed = subject.labels.some(
    ({ key, operator }) => key === settings.tenantLabel && operator !== "DoesNotExist",
  );
  return isNamed && couldSelect({ namespace: [], labels: subject.labels }, { namespaces: [""], labels: pods });
}

/** The tenant's own pods, beside its instances and in namespaces of its workers, if the statement is about one tenant. */
function ownPods({ subject }: Statement, settings: Settings) {
  const tenant = pinned(subject.labels, settings.tenantLabel);
  if (tenant === undefined) return [];
  const own = { [settings.tenantLabel]: tenant };
  return [
    ...guests([{ podLabels: own, ports: settings.ports }], { subject, rules: [] }),
    guest(equal({ [settings.tenantNamespaceLabel]: tenant }), own, settings.ports),
  ];
}
