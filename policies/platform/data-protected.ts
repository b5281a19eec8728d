import { Field } from "../kernel/field";
import type { Findings } from "../kernel/findings";
import { type KubernetesObject, nameOf } from "../kernel/object";
import { objectPolicy } from "../kernel/policy";
import { type Approval, faultOfApproval } from "./approvals";
import { isCluster } from "./servers";
import { namespaces, production, servers } from "./settings";

interface Settings {
  production: boolean;
  approvals: Approval[];
  maxDays: number;
  namespaces: string[];
  servers: string[];
}

/** On the Secret of an account. */
const accountLabel = "nats-platform/account";

/** What is lost by a deletion. */
export const dataProtected = objectPolicy<Settings>({
  name: "data-protected",
  description:
    "In production Pulumi refuses to delete what holds data or accounts, unless somebody has approved it for the time being.",
  reason:
    "A wrong stack, a renamed resource or a destroy deletes streams and accounts, and no later deployment brings them back.",
  severity: "critical",
  kinds: ["StatefulSet", "PersistentVolumeClaim", "Secret", "Namespace"],
  settings: {
    production,
    approvals: {
      type: "array",
      items: { type: "object" },
      description:
        "What may be deleted for the time being: resource (Pulumi's name, or namespace/name) and until (its last day in UTC, YYYY-MM-DD).",
      default: [],
    },
    maxDays: { type: "integer", minimum: 0, description: "How many days ahead an approval may end.", default: 31 },
    namespaces,
    servers,
  },
  check: (object, settings, findings) => {
    if (!settings.production || object.isPatch || !holdsData(object, settings)) return;
    const faults = faultsOfApprovals(object, settings);
    if (faults.includes(undefined)) return;
    checkRetention(object, findings);
    if (object.resource.isProtected) return;
    const accepted = ["must be true", ...faults].join("; ");
    const remedy = `Set Pulumi's option protect: true, or approve the deletion: approvals: [{ resource: ${object.resource.name}, until: YYYY-MM-DD }].`;
    findings.add(object, new Field(false, ["options", "protect"]), accepted, remedy);
  },
  example: {
    violation: 'new StatefulSet("nats", args)',
    fix: 'new StatefulSet("nats", args, { protect: true })',
  },
});

function holdsData(object: KubernetesObject, { namespaces, servers }: Settings): boolean {
  switch (object.kind) {
    case "StatefulSet":
      return isCluster(object, servers);
    case "Namespace":
      return namespaces.includes(object.root.at("metadata", "name").text() ?? "");
    case "Secret":
      return object.root.at("metadata", "labels").at(accountLabel).isThere;
    default:
      return true;
  }
}

/** Of each approval that names the object why it does not count, undefined if it does. */
function faultsOfApprovals(object: KubernetesObject, { approvals, maxDays }: Settings): (string | undefined)[] {
  const now = new Date();
  const isFor = ({ resource }: Approval) => resource === object.resource.name || resource === nameOf(object);
  return approvals.filter(isFor).map((approval) => faultOfApproval(approval, now, maxDays));
}

/** A StatefulSet may take its volumes with it. */
function checkRetention(object: KubernetesObject, findings: Findings): void {
  const policy = object.root.at("spec", "persistentVolumeClaimRetentionPolicy");
  if (object.kind !== "StatefulSet") return;
  findings.each(object, ["whenDeleted", "whenScaled"], (key) => {
    const field = policy.at(key);
    if ((field.text() ?? "Retain") === "Retain") return;
    findings.add(object, field, "must be Retain", "Leave persistentVolumeClaimRetentionPolicy out.");
  });
}
