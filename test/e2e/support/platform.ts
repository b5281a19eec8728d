import assert from "node:assert/strict";
import { CoreV1Api } from "@kubernetes/client-node";
import type { Stack, UpResult } from "@pulumi/pulumi/automation";
import { kubeConfig } from "../../../commands/kubernetes";
import { prepare } from "../../../commands/prepare";
import { findTarget } from "../../../commands/target";
import { type VerifyReport, verify } from "../../../commands/verify";
import { openStack } from "../../../commands/workspace";
import { defaultImages } from "../../../components/images";
import type { Expected } from "../../../services/verify/contract";

/** Cluster of the e2e tests; the user's own cluster, `dev`, is left alone. */
export const cluster = "e2e";

/** The stack dev on the tests' cluster, whatever the environment of the person who runs them says. */
export const target = findTarget({
  ...process.env,
  NATS_PLATFORM_CLUSTER: cluster,
  STACK: "dev",
  KUBECONTEXT: undefined,
});

export const namespace = "nats";

/** Brings up the cluster and, with configuration values changed, the stack. Pulumi's output is kept for the error message. */
export async function up(changes: Readonly<Record<string, unknown>> = {}): Promise<UpResult> {
  await prepare(target);
  return (await openStack(target, changes)).up();
}

export function stack(changes: Readonly<Record<string, unknown>> = {}): Promise<Stack> {
  return openStack(target, changes);
}

/** Verifies the platform against the stack's promises. */
export async function verifyPlatform(): Promise<VerifyReport> {
  const outputs = await (await openStack(target)).outputs();
  const expected = outputs.verify?.value as Expected;
  return verify({
    kubeconfig: target.kubeconfig,
    context: target.context,
    namespace,
    image: defaultImages.node,
    expected,
  });
}

/** Fails with the checks that are still red after a minute, which is what servers may take to catch up after a fault. */
export async function assertVerified(): Promise<void> {
  let red: string[] = [];
  const green = async () => {
    const { checks } = await verifyPlatform();
    red = checks.filter(({ ok }) => !ok).map(({ name, detail }) => `${name}: ${detail}`);
    return red.length === 0;
  };
  await eventually("every check is green", green, 60).catch(() => {});
  assert.deepEqual(red, []);
}

/** Number of resources by what happened to them, without those that stayed the same. */
export function changes(summary: Readonly<Record<string, number>> | undefined): Record<string, number> {
  return Object.fromEntries(Object.entries(summary ?? {}).filter(([operation]) => operation !== "same"));
}

export const core = () => kubeConfig(target).makeApiClient(CoreV1Api);

/** Waits until a condition holds. @throws what did not become true, after so many seconds */
export async function eventually(what: string, condition: () => Promise<boolean>, seconds = 120): Promise<void> {
  const deadline = Date.now() + seconds * 1_000;
  let last: unknown;
  while (Date.now() < deadline) {
    try {
      if (await condition()) return;
      last = undefined;
    } catch (error) {
      last = error;
    }
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  throw new Error(`after ${seconds} s still not: ${what}`, { cause: last });
}
