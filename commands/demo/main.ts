import type { DemoNamespace } from "../../stacks/demo";
import { parseDemoConfig } from "../../stacks/demo-config";
import { jsonAsked } from "../json-option";
import { kubeConfig } from "../kubernetes";
import { runStackOperation } from "../operation";
import { stackOutputs } from "../outputs";
import { prepare } from "../prepare";
import { run } from "../run";
import { requireEnvironment } from "../stack-kind";
import { findTarget, stackSetting, type Target } from "../target";
import { findTenant } from "../tenant/target";
import { runJobNow } from "./jobs";
import { formatResults } from "./table";

/**
 * `demo [--json]`: brings up the environment, the demo's tenants and their apps, has every app try whom it reaches, and shows what came of it.
 * What is up already stays as it is.
 */
run(async () => {
  const json = jsonAsked();
  const environment = findTarget();
  requireEnvironment(environment);
  const demo = findTarget({ ...process.env, STACK: `${environment.stack}-demo` });
  const { tenants } = parseDemoConfig(
    (stackSetting(demo.stack, "nats-platform:demo") ?? {}) as Record<string, unknown>,
  );
  const progress = json ? process.stderr : process.stdout;
  const up = (target: Target) =>
    runStackOperation(target, (stack, options) => stack.up({ ...options, suppressOutputs: true }), progress);
  await prepare(environment);
  await up(environment);
  await Promise.all(tenants.map((tenant) => up(findTenant({ ...process.env, TENANT: tenant }).target)));
  await up(demo);
  const { namespaces } = await stackOutputs(demo, "namespaces");
  progress.write("the apps try whom they reach\n");
  const config = kubeConfig(demo);
  const all = await Promise.all(
    (namespaces as DemoNamespace[]).map(async ({ tenant, namespace }) => ({
      tenant,
      namespace,
      results: await runJobNow(config, namespace, "report"),
    })),
  );
  const ok = all.every(({ results }) => results.every((result) => result.ok));
  process.stdout.write(json ? `${JSON.stringify({ ok, namespaces: all })}\n` : formatResults(all));
  return ok ? 0 : 1;
});
