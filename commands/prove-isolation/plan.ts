import { monitoringNamespaceLabel, tenantIdLabel } from "../../components/labels";
import type { Address, ProbeSettings } from "../../services/isolation-probe/contract";
import { credsSecret } from "../../services/verify/contract";
import { accountPlan, accountsProbe, triedAccounts, witnessProbe } from "./account-plan";
import { type AskingPod, askingPods, type MadeNamespaces } from "./askers";
import type { PlannedCell } from "./cells";
import type { Environment, TenantFacts } from "./environment";
import { loginPlan, withoutCreds } from "./login-plan";
import { networkPlan } from "./network-plan";

/** A probe: a pod that is run once. */
export interface PlannedProbe {
  /** Start of its pod's name, unique in the plan. */
  readonly name: string;
  readonly namespace: string;
  /** Labels of the pod by which policies know it. */
  readonly labels: Readonly<Record<string, string>>;
  /** Whether it has the label of a client of the platform. */
  readonly client: boolean;
  /** Whether a policy of its own lets it send anywhere, so that who is asked must keep it out. */
  readonly openEgress: boolean;
  /** Secrets to mount, by folder. */
  readonly credsSecrets: Readonly<Record<string, string>>;
  readonly settings: ProbeSettings;
}

/** A namespace to make for the run. */
export interface PlannedNamespace {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** Everything a run does. */
export interface Plan {
  readonly askers: readonly AskingPod[];
  readonly namespaces: readonly PlannedNamespace[];
  /** Probes that depend on no other. */
  readonly probes: readonly PlannedProbe[];
  /** The probe of accounts, and the one that must listen while it runs. */
  readonly accounts?: { readonly probe: PlannedProbe; readonly witness: PlannedProbe };
  /** In the order of the report. */
  readonly cells: readonly PlannedCell[];
}

/**
 * Decides what is asked, by whom, and what the answers should be.
 * @param runId lower-case letters and digits, unique; part of every name that the run makes
 * @param bystander where a pod of the tenants' namespace listens that no policy is about
 */
export function planProof(environment: Environment, runId: string, bystander: Address): Plan {
  const made: MadeNamespaces = { foreign: `prove-${runId}-foreign`, monitoring: `prove-${runId}-monitoring` };
  const askers = askingPods(environment, made);
  const planned = askers.map((pod) => {
    const network = networkPlan(pod, environment, bystander);
    const logins = loginPlan(pod, environment);
    const settings = { runId, reach: network.reach, logins: logins.logins };
    return { probe: askingProbe(pod, logins.creds, settings), network: network.cells, logins: logins.cells };
  });
  const accounts = accountPlan(environment);
  return {
    askers,
    namespaces: [
      { name: made.foreign, labels: {} },
      ...(environment.monitoring ? [] : [{ name: made.monitoring, labels: monitoringNamespaceLabel }]),
    ],
    probes: planned.map(({ probe }) => probe),
    ...(accounts ? { accounts: accountProbes(environment, accounts, runId) } : {}),
    cells: [
      ...planned.flatMap(({ network }) => network),
      ...(accounts?.cells ?? []),
      ...planned.flatMap(({ logins }) => logins).sort((a, b) => loginRank(a) - loginRank(b)),
    ],
  };
}

/** Instances before the platform, creds before none. */
function loginRank({ row, tenant }: PlannedCell): number {
  if (row === withoutCreds) return 2;
  return tenant === undefined ? 1 : 0;
}

function askingProbe(pod: AskingPod, creds: readonly TenantFacts[], settings: ProbeSettings): PlannedProbe {
  return {
    name: pod.probe,
    namespace: pod.namespaceName,
    labels: pod.tenantId === undefined ? {} : { [tenantIdLabel]: pod.tenantId },
    client: pod.client,
    // A tenant's own pod is as its workers are: what reaches its instances is proved with the policies it has.
    openEgress: pod.owner === undefined,
    credsSecrets: secretsOf(creds),
    settings,
  };
}

function accountProbes(
  environment: Environment,
  { task, witness }: NonNullable<ReturnType<typeof accountPlan>>,
  runId: string,
): NonNullable<Plan["accounts"]> {
  const { tenants, platform } = environment.namespaces;
  const common = { labels: {}, client: true };
  return {
    probe: {
      ...common,
      name: accountsProbe,
      // It has no tenant's label, and so none of the policies by which tenants' pods reach the platform.
      openEgress: true,
      namespace: tenants,
      credsSecrets: secretsOf(triedAccounts(environment)),
      settings: { runId, accounts: task },
    },
    witness: {
      ...common,
      name: witnessProbe,
      openEgress: false,
      namespace: platform,
      credsSecrets: { system: credsSecret("system") },
      settings: { runId, witness },
    },
  };
}

function secretsOf(tenants: readonly TenantFacts[]): Record<string, string> {
  return Object.fromEntries(tenants.flatMap(({ id, creds }) => (creds ? [[id, creds.secret]] : [])));
}
