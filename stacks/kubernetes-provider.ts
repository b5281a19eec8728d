import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

/**
 * The Kubernetes provider of a stack: the cluster that `kubernetes:context` and `kubernetes:kubeconfig` name, or kubectl's current one.
 * Changed Secrets and ConfigMaps are updated in place. The provider's default is to delete and create them anew, and a server
 * that starts in between would not find its identity.
 * Objects and fields of somebody else are refused, unless `kubernetes:upsertExistingObjects` and `kubernetes:enablePatchForce` are true.
 */
export function kubernetesProvider(): k8s.Provider {
  const config = new pulumi.Config("kubernetes");
  return new k8s.Provider("kubernetes", {
    context: config.get("context"),
    kubeconfig: config.getSecret("kubeconfig"),
    enableSecretMutable: true,
    enableConfigMapMutable: true,
    upsertExistingObjects: config.getBoolean("upsertExistingObjects"),
    enablePatchForce: config.getBoolean("enablePatchForce"),
  });
}
