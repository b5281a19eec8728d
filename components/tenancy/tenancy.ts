import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { clientNamespaceLabel, commonLabels } from "../labels";
import type { ContainerResources } from "../platform/server-values";
import { restrictedNamespaceLabels } from "../pod-security";
import { type AdmissionArgs, admissionActions, admissionPolicies } from "./admission";
import { instanceGuard, instanceGuardName } from "./instance-guard";
import { containerLimits, quotaHard, type TenancyPolicyArgs, type TenantsQuota, tenancyPolicies } from "./objects";

type AdmissionPolicySpec = k8s.types.input.admissionregistration.v1.ValidatingAdmissionPolicySpec;
type BindingSpec = k8s.types.input.admissionregistration.v1.ValidatingAdmissionPolicyBindingSpec;

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
    const policy = { name: instanceGuardName(tenantsNamespace), spec: instanceGuard(tenantsNamespace) };
    const policyName = this.createAdmissionPolicy(`${name}-instances`, policy);
    // Its own namespace is all that the policy is about.
    this.createBinding(`${name}-instances`, policy.name, { policyName, validationActions: ["Deny"] });
  }

  private createAdmissionPolicies(name: string, args: AdmissionArgs): void {
    for (const { bindings, ...policy } of admissionPolicies(args)) {
      const policyName = this.createAdmissionPolicy(`${name}-${policy.name}`, policy);
      const validationActions = [...admissionActions[args.action]];
      for (const { name: bindingName, namespaceSelector } of bindings) {
        const spec = { policyName, validationActions, matchResources: { namespaceSelector } };
        this.createBinding(`${name}-${bindingName}`, bindingName, spec);
      }
    }
  }

  private createAdmissionPolicy(
    resource: string,
    { name, spec }: { readonly name: string; readonly spec: AdmissionPolicySpec },
  ): pulumi.Output<string> {
    const metadata = { name, labels: commonLabels };
    const options = { parent: this };
    return new k8s.admissionregistration.v1.ValidatingAdmissionPolicy(resource, { metadata, spec }, options).metadata
      .name;
  }

  private createBinding(resource: string, name: string, spec: BindingSpec): void {
    const metadata = { name, labels: commonLabels };
    const options = { parent: this };
    new k8s.admissionregistration.v1.ValidatingAdmissionPolicyBinding(resource, { metadata, spec }, options);
  }

  private metadata(name: string) {
    return { name, namespace: this.namespace, labels: commonLabels };
  }
}
