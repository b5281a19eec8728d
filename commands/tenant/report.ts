import { isDeepStrictEqual } from "node:util";
import type { V1NetworkPolicy } from "@kubernetes/client-node";
import { credsSecretName } from "../../components/identity/object-name";
import { instanceLabels } from "../../components/labels";
import type { NamedPolicy } from "../../components/network-policy";
import { restrictedNamespaceLabels } from "../../components/pod-security";
import { tenancyPolicies } from "../../components/tenancy/objects";
import { credsOwner } from "../../components/tenant/names";
import { tenantPolicies } from "../../components/tenant/network-policies";
import type { TenantExpectation, TenantUserExpectation } from "../../stacks/tenant-outputs";
import { isReady } from "../kubernetes";
import { notReadyReason, plainSpec } from "../verify/cluster-checks";
import type { TenantLook } from "./look";
import { selects } from "./selector";

/** One line about a tenant. */
export interface TenantFact {
  /** What it is about, such as `instance nats-acme-1`. */
  readonly name: string;
  readonly ok: boolean;
  /** For people: what was seen, or what is wrong. Never a secret. */
  readonly detail: string;
}

/** A tenant as it is, against what its stack promises. */
export interface TenantReport {
  readonly tenant: string;
  /** Whether every fact is as it should be. */
  readonly ok: boolean;
  readonly facts: readonly TenantFact[];
}

/** The report over a look. */
export function tenantReport(expected: TenantExpectation, look: TenantLook): TenantReport {
  const facts = [
    ...expected.instances.map((name, index) => instanceFact(expected, look, name, index + 1)),
    ...surplusFacts(expected, look),
    accountFact(expected, look),
    ...suspendedFacts(expected),
    limitsFact(expected),
    appsFact(expected),
    { name: "NATS_URL", ok: true, detail: expected.natsUrl },
    { name: "platform", ok: true, detail: expected.platformUrl },
    ...expected.users.map((user) => credsFact(expected, look, user)),
    ...isolationFacts(expected, look),
  ];
  return { tenant: expected.tenant, ok: facts.every(({ ok }) => ok), facts };
}

/** The report as a table for people. */
export function formatTenantReport({ tenant, ok, facts }: TenantReport): string {
  const width = Math.max(...facts.map(({ name }) => name.length));
  const rows = facts.map((fact) => `${fact.ok ? "✓" : "✗"} ${fact.name.padEnd(width)}  ${fact.detail}`);
  const wrong = facts.filter((fact) => !fact.ok).map(({ name }) => name);
  const summary = ok ? `tenant ${tenant} is as it should be` : `tenant ${tenant}: ${wrong.join(", ")}`;
  return `${[...rows, summary].join("\n")}\n`;
}

function instanceFact({ tenant }: TenantExpectation, { pods }: TenantLook, name: string, number: number): TenantFact {
  const labels = instanceLabels(tenant, number);
  const [pod, ...others] = pods.filter(({ metadata }) => selects({ matchLabels: labels }, metadata?.labels ?? {}));
  const fact = { name: `instance ${name}`, ok: false };
  if (!pod) return { ...fact, detail: "has no pod" };
  if (others.length > 0)
    return { ...fact, detail: `has ${others.length + 1} pods; one of them is on its way out, or a stranger's` };
  if (!isReady(pod)) return { ...fact, detail: `${pod.metadata?.name} ${notReadyReason(pod)}` };
  const restarts = (pod.status?.containerStatuses ?? []).reduce((sum, { restartCount }) => sum + restartCount, 0);
  return {
    ...fact,
    ok: true,
    detail: `${pod.metadata?.name} ready on ${pod.spec?.nodeName}, ${restarts} ${restarts === 1 ? "restart" : "restarts"}`,
  };
}

/** Pods that look like instances of the tenant, but are of none that it has. */
function surplusFacts({ tenant, instances }: TenantExpectation, { pods }: TenantLook): TenantFact[] {
  const known = instances.map((_, index) => ({ matchLabels: instanceLabels(tenant, index + 1) }));
  const strangers = pods.filter(({ metadata }) => !known.some((instance) => selects(instance, metadata?.labels ?? {})));
  if (strangers.length === 0) return [];
  const names = strangers.map(({ metadata }) => metadata?.name).join(", ");
  return [{ name: "other instances", ok: false, detail: `${names}: of no instance that the tenant should have` }];
}

function accountFact({ account }: TenantExpectation, { account: status }: TenantLook): TenantFact {
  const name = `account ${account.name}`;
  if (typeof status === "string") return { name, ok: false, detail: status };
  if (status.id !== account.id)
    return { name, ok: false, detail: `is ${status.id} in the cluster, ${account.id} in the stack` };
  const others = status.servers.filter(({ state }) => state !== "current");
  if (!status.active || others.length > 0) {
    const where = others.map(({ server, state, detail }) => `${server} ${state}${detail ? ` (${detail})` : ""}`);
    return { name, ok: false, detail: [status.problem ?? "not in force everywhere", ...where].join("; ") };
  }
  return {
    name,
    ok: true,
    detail: `${account.id}, in force on all ${status.servers.length} servers since ${status.issuedAt}`,
  };
}

function limitsFact({ limits }: TenantExpectation): TenantFact {
  const detail = Object.entries(limits)
    .map(([limit, value]) => `${limit} ${value}`)
    .join(", ");
  return { name: "limits", ok: true, detail };
}

/** As its stack says, so it is no fault; but whoever wonders why nobody gets in should see it. */
function suspendedFacts({ suspended }: TenantExpectation): TenantFact[] {
  return suspended
    ? [{ name: "suspended", ok: true, detail: "nobody of it is let in, whatever limits and creds say" }]
    : [];
}

function appsFact({ apps }: TenantExpectation): TenantFact {
  const subjects = (list: readonly string[]) => list.join(" ") || "nothing";
  const detail = `annotations may ask to publish ${subjects(apps.publish)}, to subscribe ${subjects(apps.subscribe)}`;
  return { name: "apps", ok: true, detail };
}

function credsFact(
  { tenant, namespaces }: TenantExpectation,
  { secrets }: TenantLook,
  { name: user, role, epoch, retiredEpoch, revoked }: TenantUserExpectation,
): TenantFact {
  const secretName = credsSecretName(credsOwner(tenant, user));
  const name = `creds ${user}`;
  const found = secrets.some(({ name }) => name === secretName);
  const secret = `Secret ${namespaces.tenants}/${secretName}`;
  if (revoked) return { name, ok: !found, detail: found ? `revoked, but ${secret} is still there` : "revoked" };
  const former = epoch - retiredEpoch > 1 ? `, those from ${retiredEpoch + 1} on are good, too` : "";
  return {
    name,
    ok: found,
    detail: found ? `${role}, epoch ${epoch}${former}, ${secret}` : `${secret} does not exist`,
  };
}

function isolationFacts(expected: TenantExpectation, look: TenantLook): TenantFact[] {
  const { tenant, namespaces, metrics, egress, workerNamespaces } = expected;
  const common = { platformNamespace: namespaces.platform, monitoringNamespace: namespaces.monitoring };
  const wanted = [
    ...tenancyPolicies({ ...common, metrics }),
    ...tenantPolicies({ ...common, tenant, egress, workerNamespaces }),
  ];
  return [
    ...wanted.map((policy) => policyFact(policy, look)),
    strangersFact(tenant, wanted, look),
    podSecurityFact(look),
  ];
}

function policyFact({ name, spec }: NamedPolicy, { policies }: TenantLook): TenantFact {
  const found = policies.find(({ metadata }) => metadata?.name === name);
  const fact = { name: `isolation ${name}`, ok: false };
  if (!found) return { ...fact, detail: "does not exist" };
  const same = isDeepStrictEqual(plainSpec(found), JSON.parse(JSON.stringify(spec)));
  return { ...fact, ok: same, detail: same ? "as declared" : "was changed; make tenant-up or make up puts it right" };
}

/** Policies add up, so one that nobody here knows may open what the others close. */
function strangersFact(tenant: string, wanted: readonly NamedPolicy[], { policies }: TenantLook): TenantFact {
  const known = new Set(wanted.map(({ name }) => name));
  const opening = policies.filter(
    (policy) => !known.has(policy.metadata?.name ?? "") && opensInstances(tenant, policy),
  );
  const names = opening.map(({ metadata }) => metadata?.name).join(", ");
  const detail = opening.length === 0 ? "none" : `${names}: also let somebody to or from the tenant's instances`;
  return { name: "isolation other policies", ok: opening.length === 0, detail };
}

function opensInstances(tenant: string, { spec }: V1NetworkPolicy): boolean {
  const rules = (spec?.ingress?.length ?? 0) + (spec?.egress?.length ?? 0);
  return rules > 0 && selects(spec?.podSelector ?? {}, instanceLabels(tenant, 1));
}

function podSecurityFact({ namespace }: TenantLook): TenantFact {
  const labels = namespace.metadata?.labels ?? {};
  const ok = Object.entries(restrictedNamespaceLabels).every(([label, value]) => labels[label] === value);
  return {
    name: "isolation pod security",
    ok,
    detail: ok ? "restricted" : "the namespace no longer enforces restricted",
  };
}
