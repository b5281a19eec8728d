import type { Environment, TenantFacts } from "./environment";
import type { Asker } from "./expected";
import { neighbours } from "./ring";

/** A pod that asks, and whom. */
export interface AskingPod extends Asker {
  /** Name of its probe: a DNS label of at most 40 characters, unique. */
  readonly probe: string;
  /** Name of its namespace. */
  readonly namespaceName: string;
  /** Tenants whose instances it tries to reach. */
  readonly targets: readonly TenantFacts[];
  /** Tenant whose pod it is, by its label and by right. */
  readonly owner?: TenantFacts;
  /** Tenant whose label it forges within the tenants' namespace, and those whose creds it has: all that are tried against that tenant. */
  readonly forgery?: { readonly of: TenantFacts; readonly by: readonly TenantFacts[] };
}

/** Names of the namespaces that are made for the run. */
export interface MadeNamespaces {
  readonly foreign: string;
  /** Used where the environment's own monitoring namespace does not exist. */
  readonly monitoring: string;
}

/** Every pod that asks, in the order of the report's rows. */
export function askingPods(environment: Environment, made: MadeNamespaces): AskingPod[] {
  const { tenants } = environment;
  const circles = tenants.map((tenant, index) => ({ tenant, targets: [tenant, ...neighbours(tenants, index)] }));
  const served = circles.filter(({ tenant }) => tenant.instances.length > 0);
  // Without any instance there is still the platform not to be reached.
  const forged = served.length > 0 ? served : circles.slice(0, 1);
  const pods = [
    ...circles.map(({ tenant, targets }) => ownPod(environment, tenant, targets)),
    ...served.map(({ tenant, targets }) => {
      const by = circles.filter((other) => other.tenant !== tenant && other.targets.includes(tenant));
      return forgingPod(
        environment,
        tenant,
        targets,
        by.map((other) => other.tenant),
      );
    }),
    ...forged.map(({ tenant, targets }) => foreignPod(tenant, targets, made)),
    unlabelledPod(environment),
    monitoringPod(environment, made),
  ];
  return pods.map((pod, index) => ({ ...pod, probe: probeName(pod.row, index) }));
}

/** Pods of one environment may have rows that are cut to the same name. */
function probeName(row: string, index: number): string {
  const name = row.replace(/[^a-z0-9]+/g, "-").slice(0, 30);
  return `prove-${index}-${name}`.replace(/-$/, "");
}

type Pod = Omit<AskingPod, "probe">;

function tenantsNamespace({ namespaces }: Environment): Pick<AskingPod, "namespace" | "namespaceName"> {
  const facts = { kind: "tenants", isMonitoring: false, monitoringLabel: false, clientsLabel: true } as const;
  return { namespace: facts, namespaceName: namespaces.tenants };
}

function ownPod(environment: Environment, tenant: TenantFacts, targets: readonly TenantFacts[]): Pod {
  const policies = tenant.egress === "open" ? "may send anywhere" : "may send where its workers may";
  return {
    ...tenantsNamespace(environment),
    row: tenant.id,
    description: `pod of tenant ${tenant.id} in ${environment.namespaces.tenants}; ${policies}`,
    tenantId: tenant.id,
    client: true,
    egress: tenant.egress === "open" ? "anywhere" : "restricted",
    targets,
    owner: tenant,
  };
}

function forgingPod(
  environment: Environment,
  tenant: TenantFacts,
  targets: readonly TenantFacts[],
  by: readonly TenantFacts[],
): Pod {
  const creds = by.length > 0 ? `, with creds of ${by.map(({ id }) => id).join(", ")}` : "";
  return {
    ...tenantsNamespace(environment),
    row: `as ${tenant.id}`,
    description: `pod in ${environment.namespaces.tenants} that forges the label of ${tenant.id}${creds}; may send anywhere. The network lets it through, as it must: its creds must not`,
    tenantId: tenant.id,
    client: true,
    egress: "anywhere",
    targets,
    forgery: { of: tenant, by },
  };
}

function foreignPod(tenant: TenantFacts, targets: readonly TenantFacts[], made: MadeNamespaces): Pod {
  return {
    namespace: { kind: "foreign", isMonitoring: false, monitoringLabel: false, clientsLabel: false },
    namespaceName: made.foreign,
    row: `as ${tenant.id}, elsewhere`,
    description: `pod in another namespace that forges the labels of ${tenant.id}; may send anywhere`,
    tenantId: tenant.id,
    client: true,
    egress: "anywhere",
    targets,
  };
}

function unlabelledPod(environment: Environment): Pod {
  return {
    ...tenantsNamespace(environment),
    row: "unlabelled",
    description: `pod in ${environment.namespaces.tenants} without any tenant's label; may send anywhere`,
    client: false,
    egress: "anywhere",
    targets: environment.tenants,
  };
}

function monitoringPod({ namespaces, monitoring, tenants }: Environment, made: MadeNamespaces): Pod {
  return {
    namespace: {
      kind: "monitoring",
      isMonitoring: monitoring !== undefined,
      monitoringLabel: monitoring?.labelled ?? true,
      clientsLabel: false,
    },
    namespaceName: monitoring ? namespaces.monitoring : made.monitoring,
    row: "monitoring",
    description: monitoring
      ? `pod in ${namespaces.monitoring}${monitoring.labelled ? "" : ", which the platform does not know as monitoring"}`
      : `pod in a namespace that the platform knows as monitoring; ${namespaces.monitoring} does not exist`,
    client: false,
    egress: "anywhere",
    targets: tenants,
  };
}
