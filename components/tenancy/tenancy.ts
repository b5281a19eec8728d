import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { clientNamespaceLabel, commonLabels } from "../labels";
import type { ContainerResources } from "../platform/server-values";
import { restrictedNamespaceLabels } from "../pod-security";
import { type AdmissionArgs, admissionActions, admissionPolicies } from "./admission";
import { instanceGuard, instanceGuardName } from "./instance-guard";
import { containerLimits, quotaHard, type TenancyPolicyArgs, type TenantsQuota, tenancyPolicies } from "./objects";

/** Name of the ResourceQuota and the LimitRange. */
const objectName = "tenants";

/** Arguments of {@link Tenancy}. */
export interface TenancyArgs extends TenancyPolicyArgs {
  /** Namespace of all tenants, created with PodSecurity `restricted`. */
  readonly tenantsNamespace: string;
  readonly admission: AdmissionArgs;
  readonly quota: TenantsQuota;
  /** Most that one container may take. */
  readonly mostPerContainer: ContainerResources["limits"];
  /** Whether Pulumi refuses to delete or replace the namespace, and with it every tenant's instances. */
  readonly protect: boolean;
}

/**
 * Where an environment's tenants live: their namespace, in which everything is denied both ways, with a quota for all of them together, and in which
 * nobody but their stacks makes instances. And what the API server holds tenants to there, and in the namespaces of their apps.
 * Its pods with label `nats-platform/client: "true"` may reach the platform.
 */
export class Tenancy extends pulumi.ComponentResource {
  /** Known only once the namespace exists. */
  readonly namespace: pulumi.Output<string>;
  /** Name of the ResourceQuota, known only once it exists. */
  readonly quotaName: pulumi.Output<string>;

  constructor(name: string, args: TenancyArgs, opts?: pulumi.ComponentResourceOptions) {
    super("nats-platform:tenancy:Tenancy", name, {}, opts);
    const children = { parent: this };
    const labels = { ...commonLabels, ...clientNamespaceLabel, ...restrictedNamespaceLabels };
    this.namespace = new k8s.core.v1.Namespace(
      // As for the platform's namespace: another one must be a replacement, which `protect` refuses.
      name,
      { metadata: { name: args.tenantsNamespace, labels } },
      { ...children, protect: args.protect },
    ).metadata.name;
    this.createInstanceGuard(name, args.tenantsNamespace);
    this.createAdmissionPolicies(name, args.admission);
    for (const policy of tenancyPolicies(args)) {
      new k8s.networking.v1.NetworkPolicy(
        `${name}-${policy.name}`,
        { metadata: this.metadata(policy.name), spec: policy.spec },
        children,
      );
    }
    const metadata = this.metadata(objectName);
    new k8s.core.v1.LimitRange(
      `${name}-limits`,
      { metadata, spec: { limits: containerLimits(args.mostPerContainer) } },
      children,
    );
    const quota = new k8s.core.v1.ResourceQuota(
      `${name}-quota`,
      { metadata, spec: { hard: quotaHard(args.quota) } },
      children,
    );
    this.quotaName = quota.metadata.name;
    this.registerOutputs({ namespace: this.namespace, quotaName: this.quotaName });
  }

  private createInstanceGuard(name: string, tenantsNamespace: string): void {
    const metadata = { name: instanceGuardName(tenantsNamespace), labels: commonLabels };
    const { ValidatingAdmissionPolicy, ValidatingAdmissionPolicyBinding } = k8s.admissionregistration.v1;
    const policy = new ValidatingAdmissionPolicy(
      `${name}-instances`,
      { metadata, spec: instanceGuard(tenantsNamespace) },
      { parent: this },
    );
    new ValidatingAdmissionPolicyBinding(
      `${name}-instances`,
      { metadata, spec: { policyName: policy.metadata.name, validationActions: ["Deny"] } },
      { parent: this },
    );
  }

  private createAdmissionPolicies(name: string, args: AdmissionArgs): void {
    const { ValidatingAdmissionPolicy, ValidatingAdmissionPolicyBinding } = k8s.admissionregistration.v1;
    const options = { parent: this };
    for (const { name: policyName, spec, bindings } of admissionPolicies(args)) {
      const metadata = { name: policyName, labels: commonLabels };
      const policy = new ValidatingAdmissionPolicy(`${name}-${policyName}`, { metadata, spec }, options);
      for (const { name: bindingName, namespaceSelector } of bindings) {
        const binding = {
          policyName: policy.metadata.name,
          validationActions: [...admissionActions[args.action]],
          matchResources: { namespaceSelector },
        };
        const metadata = { name: bindingName, labels: commonLabels };
        new ValidatingAdmissionPolicyBinding(`${name}-${bindingName}`, { metadata, spec: binding }, options);
      }
    }
  }

  private metadata(name: string) {
    return { name, namespace: this.namespace, labels: commonLabels };
  }
}
