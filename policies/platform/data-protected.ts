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
        "What may be deleted for the time being: resource (Kind/name with Pulumi's name, or Kind/namespace/name) and until (its last day in UTC, YYYY-MM-DD).",
      default: [],
    },
    maxDays: { type: "integer", minimum: 0, description: "How many days ahead an approval may end.", default: 31 },
    namespaces,
    servers,
  },
  check: (object, settings, findings) => {
    if (!settings.production || !holdsData(object, settings)) return;
    checkRetention(object, findings);
    // What a patch changes is deleted by whoever made it.
    if (object.isPatch || object.resource.isProtected) return;
    const faults = faultsOfApprovals(object, settings);
    if (faults.includes(undefined)) return;
    const accepted = ["must be true", ...faults].join("; ");
    const approval = `approvals: [{ resource: ${object.kind}/${object.resource.name}, until: YYYY-MM-DD }]`;
    const remedy = `Set Pulumi's option protect: true, of stacks of this project by nats-platform:protect, or by protect of nats-platform:tenant; or approve the deletion in policy-config.json, under data-protected: ${approval}.`;
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
  const names = [object.resource.name, nameOf(object)];
  const full = names.map((name) => `${object.kind}/${name}`);
  const isAny = (among: readonly unknown[], { resource }: Approval) => among.includes(resource);
  return [
    ...approvals.filter((one) => isAny(full, one)).map((one) => faultOfApproval(one, now, maxDays)),
    ...approvals
      .filter((one) => isAny(names, one))
      .map(({ resource }) => `its approval is of ${JSON.stringify(resource)}, which may be of any kind`),
  ];
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
