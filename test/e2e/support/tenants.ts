import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { NetworkingV1Api, type V1NetworkPolicy, type V1Secret } from "@kubernetes/client-node";
import type { Stack, UpResult } from "@pulumi/pulumi/automation";
import { parse } from "yaml";
import { kubeConfig, serverPods } from "../../../commands/kubernetes";
import { stackOutputs } from "../../../commands/outputs";
import { projectRoot, type Target } from "../../../commands/target";
import { lookAtTenant } from "../../../commands/tenant/look";
import { type TenantReport, tenantReport } from "../../../commands/tenant/report";
import { openStack, stackNames } from "../../../commands/workspace";
import { credsSecretName } from "../../../components/identity/object-name";
import {
  instanceAppLabel,
  instanceLabels,
  labelSelector,
  monitoringNamespaceLabel,
  tenantIdLabel,
} from "../../../components/labels";
import { accountsNamespace } from "../../../components/platform/namespaces";
import { accountName, credsOwner } from "../../../components/tenant/names";
import { tenantStackName } from "../../../stacks/tenant-checks";
import type { TenantExpectation } from "../../../stacks/tenant-outputs";
import { core, eventually, namespace, target } from "./platform";

/** Namespace of all tenants. */
export const tenantsNamespace = "vrsky-tenants";

/** The environment's monitoring namespace, which is nothing of its stack's. */
const monitoringNamespace = "vrsky-monitoring";

const resources = { requests: { cpu: "50m", memory: "64Mi" }, limits: { cpu: "500m", memory: "128Mi" } };

/** Creates the environment's monitoring namespace. */
export async function upMonitoring(): Promise<void> {
  await core().createNamespace({ body: { metadata: { name: monitoringNamespace, labels: monitoringNamespaceLabel } } });
}

/** Deletes it again. */
export async function downMonitoring(): Promise<void> {
  await core().deleteNamespace({ name: monitoringNamespace });
}

/** Opens a tenant's stack, with changes to what its file in the repository says or, without one, to the smallest there can be. */
export function openTenant(id: string, changes: Readonly<Record<string, unknown>> = {}): Promise<Stack> {
  return openStack(tenantTarget(id), { tenant: { ...configured(id), ...changes } });
}

/** Brings up a tenant, or to its changed configuration, as `make tenant-up` does. */
export async function upTenant(id: string, changes: Readonly<Record<string, unknown>> = {}): Promise<UpResult> {
  return (await openTenant(id, changes)).up({ refresh: true });
}

/** Takes tenants away, side by side; those that are not there do not matter. */
export async function downTenants(...ids: readonly string[]): Promise<void> {
  const there = await stackNames(target);
  const stacks = await Promise.all(
    ids.filter((id) => there.includes(tenantTarget(id).stack)).map((id) => openTenant(id)),
  );
  await Promise.all(stacks.map((stack) => stack.destroy({ remove: true })));
}

function configured(id: string): object {
  const file = join(projectRoot, `Pulumi.${tenantTarget(id).stack}.yaml`);
  if (existsSync(file)) return parse(readFileSync(file, "utf8")).config["nats-platform:tenant"];
  const users = [
    { name: "worker", role: "worker" },
    { name: "admin", role: "admin" },
  ];
  return { id, environment: target.stack, instances: 1, resources, users };
}

function tenantTarget(id: string): Target {
  return { ...target, stack: tenantStackName(target.stack, id) };
}

/** What a tenant is like, as `make tenant-status` says; its stack's outputs are what it should be. */
export async function reportOf(id: string): Promise<TenantReport> {
  const { verify } = await stackOutputs(tenantTarget(id), "verify");
  const expected = verify as TenantExpectation;
  return tenantReport(expected, await lookAtTenant(kubeConfig(target), expected));
}

/** Names of the pods of a tenant's instances, or of one of them. */
export async function instancePods(id: string, instance?: number): Promise<string[]> {
  const labels = { ...instanceAppLabel, [tenantIdLabel]: id, ...(instance ? instanceLabels(id, instance) : {}) };
  const { items } = await core().listNamespacedPod({
    namespace: tenantsNamespace,
    labelSelector: labelSelector(labels),
  });
  return items.map(({ metadata }) => metadata?.name ?? "").sort();
}

/** URLs of the platform's servers, each by its own name. */
export async function serverUrls(): Promise<string[]> {
  const pods = await serverPods(target, namespace);
  return pods.map(({ metadata }) => `nats://${metadata?.name}.nats-headless.${namespace}.svc.cluster.local:4222`);
}

/** The Secret with a tenant's account JWT. */
export function accountSecret(id: string): Promise<V1Secret> {
  const name = `nats-account-${accountName(id)}`;
  return core().readNamespacedSecret({ namespace: accountsNamespace(namespace), name });
}

const copies: { readonly namespace: string; readonly name: string }[] = [];

/** Keeps a user's creds as they are now in a Secret of another name, as somebody might who should no longer have them. */
export async function copyCreds(
  id: string,
  user: string,
  name: string,
  inNamespace: string = tenantsNamespace,
): Promise<void> {
  const secret = { namespace: tenantsNamespace, name: credsSecretName(credsOwner(id, user)) };
  const { data } = await core().readNamespacedSecret(secret);
  await core().createNamespacedSecret({ namespace: inNamespace, body: { metadata: { name }, data } });
  copies.push({ namespace: inNamespace, name });
}

/** Deletes what {@link copyCreds} has made. */
export async function removeCopies(): Promise<void> {
  await Promise.all(copies.splice(0).map((copy) => core().deleteNamespacedSecret(copy)));
}

/** Fails with what is still wrong with a tenant after a minute, which is what pods and servers may take to come back after a fault. */
export async function assertGreen(id: string): Promise<void> {
  let wrong: string[] = [];
  const green = async () => {
    const { facts } = await reportOf(id);
    wrong = facts.filter(({ ok }) => !ok).map(({ name, detail }) => `${name}: ${detail}`);
    return wrong.length === 0;
  };
  await eventually("everything is green", green, 60).catch(() => {});
  assert.deepEqual(wrong, []);
}

/**
 * Takes a NetworkPolicy of the tenants' namespace away, or puts a changed one in its place, while something is done.
 * @param change the policy to have instead; undefined for none
 */
export async function withPolicy<T>(
  name: string,
  change: (policy: V1NetworkPolicy) => V1NetworkPolicy | undefined,
  use: () => Promise<T>,
): Promise<T> {
  const networking = kubeConfig(target).makeApiClient(NetworkingV1Api);
  const namespace = tenantsNamespace;
  const original = await networking.readNamespacedNetworkPolicy({ namespace, name });
  const set = async (policy: V1NetworkPolicy | undefined) => {
    await networking.deleteNamespacedNetworkPolicy({ namespace, name }).catch(() => {});
    if (!policy) return;
    const { labels, annotations } = original.metadata ?? {};
    const body = { metadata: { name, labels, annotations }, spec: policy.spec };
    await networking.createNamespacedNetworkPolicy({ namespace, body });
  };
  await set(change(structuredClone(original)));
  try {
    return await use();
  } finally {
    await set(original);
  }
}
