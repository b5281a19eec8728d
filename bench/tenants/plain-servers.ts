import type { KubernetesObject, V1Deployment, V1Secret, V1ServiceAccount } from "@kubernetes/client-node";
import { ports } from "../../components/platform/ports";
import { configName } from "../../components/tenant/names";
import { pidFile } from "../../components/tenant/nats-config";
import { objectOf } from "./objects";

/** Namespace of the servers without operator mode. */
export const plainNamespace = "nats-plain";

/**
 * The very servers that a tenant's instances are, with the same image, limits and probes, but in a namespace of their own and with a
 * configuration that knows neither operator nor accounts nor resolver.
 * @param objects what the stack of a tenant with one instance has made
 * @param replicas number of servers
 */
export function plainServerObjects(
  objects: readonly KubernetesObject[],
  { tenant, replicas }: { readonly tenant: string; readonly replicas: number },
): KubernetesObject[] {
  const secret = objectOf(objects, "Secret", configName(tenant)) as V1Secret;
  const account = objectOf(objects, "ServiceAccount") as V1ServiceAccount;
  const deployment = objectOf(objects, "Deployment") as V1Deployment;
  const namespace = plainNamespace;
  const config = `server_name: $SERVER_NAME\nport: ${ports.client}\nhttp_port: ${ports.monitoring}\npid_file: "${pidFile}"\n`;
  return [
    {
      ...secret,
      metadata: { ...secret.metadata, namespace },
      data: { "nats.conf": Buffer.from(config).toString("base64") },
    } as V1Secret,
    { ...account, metadata: { ...account.metadata, namespace } } as V1ServiceAccount,
    {
      ...deployment,
      metadata: { ...deployment.metadata, namespace },
      spec: { ...deployment.spec, replicas },
    } as V1Deployment,
  ];
}
