import { bindings } from "../../policies/admission/bindings";
import { hostAccess } from "../../policies/admission/host-access";
import type { AdmissionSpec } from "../../policies/admission/policy-spec";
import { tenantLabels } from "../../policies/admission/tenant-labels";
import { tokenSecrets } from "../../policies/admission/token-secrets";
import { tokens } from "../../policies/admission/tokens";
import type { TenantMapping } from "../auth-callout/auth-callout";
import { tenantIdLabel, tenantLabel } from "../labels";
import { serviceAccountName } from "../tenant/names";

/** What the API server does with what its policies for tenants do not allow. */
export const admissionActions = { deny: ["Deny"], warn: ["Warn", "Audit"] } as const;

/** What the policies depend on that the API server holds tenants to. */
export interface AdmissionArgs {
  readonly tenantsNamespace: string;
  readonly action: keyof typeof admissionActions;
  /** Audience of tokens for NATS. */
  readonly audience: string;
  /** Longest life of such a token, in seconds. */
  readonly maxTokenSeconds: number;
  /** Which tenant ServiceAccounts belong to where no label of their namespace says so. */
  readonly mapping: readonly TenantMapping[];
}

/** A ValidatingAdmissionPolicy and its bindings, by their names: each is about some namespaces. */
export interface AdmissionPolicy {
  readonly name: string;
  readonly spec: AdmissionSpec;
  readonly bindings: readonly { readonly name: string; readonly namespaceSelector: object }[];
}

/**
 * What must hold in the tenants' namespace and in namespaces of tenants' apps against whoever may make objects there, said to the API server: the
 * policies of the pack that make no difference between stacks and kubectl. Names are the cluster's, so the namespace is part of them.
 */
export function admissionPolicies({
  tenantsNamespace,
  audience,
  maxTokenSeconds,
  mapping,
}: AdmissionArgs): AdmissionPolicy[] {
  const named = { namespace: tenantsNamespace, prefix: serviceAccountName("") };
  const whole = mapping.filter(({ serviceAccount }) => serviceAccount === undefined);
  const policy = (name: string, spec: AdmissionSpec, mapped: readonly TenantMapping[] = whole): AdmissionPolicy => {
    const full = `nats-platform-${tenantsNamespace}-${name}`;
    const namespaces = [...new Set([tenantsNamespace, ...mapped.map(({ namespace }) => namespace)])];
    return {
      name: full,
      spec,
      bindings: [
        { name: full, namespaceSelector: matching("kubernetes.io/metadata.name", "In", namespaces) },
        { name: `${full}-apps`, namespaceSelector: matching(tenantLabel, "Exists") },
      ],
    };
  };
  const owners = { tenantLabel: tenantIdLabel, tenantNamespaceLabel: tenantLabel, mapping, named };
  return [
    policy("host-access", hostAccess()),
    policy("tenant-labels", tenantLabels(owners), mapping),
    policy("bindings", bindings(tenantIdLabel), mapping),
    policy("tokens", tokens({ audience, maxSeconds: maxTokenSeconds })),
    policy("token-secrets", tokenSecrets()),
  ];
}

function matching(key: string, operator: "In" | "Exists", values?: readonly string[]) {
  return { matchExpressions: [{ key, operator, ...(values ? { values } : {}) }] };
}
