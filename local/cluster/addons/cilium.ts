import * as fs from "node:fs";
import { loadYaml, type V1CustomResourceDefinition } from "@kubernetes/client-node";
import { ensureSourceFile, sourceTable } from "../../tools";

const file = "pkg/k8s/apis/cilium.io/client/crds/v2/ciliumnetworkpolicies.yaml";

/**
 * Cilium's own definition of CiliumNetworkPolicy, so that the API server judges ours as it does where Cilium runs. Nobody enforces them here: the
 * network is Calico's, which knows NetworkPolicies only.
 * @param progress told before the definition is downloaded
 * @throws {Error} if it is not there and cannot be downloaded
 */
export async function ciliumDefinitions(progress: (message: string) => void): Promise<V1CustomResourceDefinition[]> {
  const kept = await ensureSourceFile(sourceTable.cilium, file, progress);
  return [loadYaml<V1CustomResourceDefinition>(fs.readFileSync(kept, "utf8"))];
}
