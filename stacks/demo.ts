import { join } from "node:path";
import { DemoTenant } from "../components/demo/demo-tenant";
import { attempts, ordersSubject, sharedSubject } from "../services/demo-app/contract";
import { bundleProgram } from "./bundle";
import { parseDemoConfig } from "./demo-config";
import { readEnvironment } from "./environment";
import { kubernetesProvider } from "./kubernetes-provider";

/** An app namespace of the demo, as its stack's output `namespaces` tells commands. */
export interface DemoNamespace {
  readonly tenant: string;
  readonly namespace: string;
}

/**
 * The stack of a demo: for each of some tenants a wired Deployment and a wired CronJob, in a namespace of their own.
 * @throws {ConfigError} if a configuration value is wrong, before any resource is registered
 */
export async function demoStack(demo: Readonly<Record<string, unknown>>) {
  const { environment, tenants, networkPolicy } = parseDemoConfig(demo);
  const { tenancy } = await readEnvironment(environment);
  const url = new URL(tenancy.natsClusterUrl);
  const nats = { enabled: true, serviceAddress: url.hostname, port: Number(url.port), networkPolicy };
  const entry = (program: string) => bundleProgram(join(__dirname, "..", "services", "demo-app", program));
  const code = { serve: await entry("serve.ts"), ask: await entry("ask.ts") };
  const provider = kubernetesProvider();
  const namespaces: DemoNamespace[] = tenants.map((tenant) => ({ tenant, namespace: `${tenant}-apps` }));
  namespaces.forEach(({ tenant, namespace }, index) => {
    const others = namespaces.filter((other) => other.namespace !== namespace).map((other) => other.namespace);
    new DemoTenant(
      tenant,
      {
        tenant,
        namespace,
        nats,
        subject: ordersSubject(namespace),
        extraSubject: sharedSubject,
        // The first tenant's file grants it, the others' do not.
        attempts: JSON.stringify(attempts(namespace, others, index === 0)),
        image: tenancy.images.node,
        code,
      },
      { providers: [provider] },
    );
  });
  return { environment, namespaces };
}
