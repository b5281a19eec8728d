import { strict as assert } from "node:assert";
import type {
  V1ClusterRole,
  V1ClusterRoleBinding,
  V1Deployment,
  V1Service,
  V1StorageClass,
} from "@kubernetes/client-node";
import { accessObjects } from "../../../../local/cluster/addons/access";
import { calicoDefinitions } from "../../../../local/cluster/addons/calico";
import { corednsObjects } from "../../../../local/cluster/addons/coredns";
import { storageObjects } from "../../../../local/cluster/addons/storage";
import { certificateRequests } from "../../../../local/cluster/certificates";
import { layout } from "./fixtures";

describe("what every cluster has", () => {
  it("binds roles to users that have a certificate, and none to everything", () => {
    const objects = accessObjects();
    const users = new Set(certificateRequests(layout()).map(({ commonName }) => commonName));
    for (const binding of objects.filter(({ kind }) => kind === "ClusterRoleBinding") as V1ClusterRoleBinding[]) {
      for (const { name } of binding.subjects ?? []) assert.ok(users.has(name), name);
      assert.notEqual(binding.roleRef.name, "cluster-admin");
    }
    for (const role of objects.filter(({ kind }) => kind === "ClusterRole") as V1ClusterRole[]) {
      for (const { verbs, apiGroups } of role.rules ?? []) {
        assert.ok(!verbs.includes("*") && !apiGroups?.includes("*"), role.metadata?.name);
      }
    }
  });

  it("keeps what is in Calico's resources, whose schemas are left open", () => {
    for (const { metadata, spec } of calicoDefinitions()) {
      const properties = spec.versions[0]?.schema?.openAPIV3Schema?.properties ?? {};
      assert.equal(properties.spec?.x_kubernetes_preserve_unknown_fields, true, metadata?.name);
      assert.equal(metadata?.name, `${spec.names.plural}.${spec.group}`);
    }
  });

  it("has one default StorageClass that waits for the pod's node", () => {
    const [storage] = storageObjects() as V1StorageClass[];
    assert.equal(storage?.metadata?.annotations?.["storageclass.kubernetes.io/is-default-class"], "true");
    assert.equal(storage?.volumeBindingMode, "WaitForFirstConsumer");
  });

  it("puts DNS servers on different nodes, behind the address kubelets hand to pods", () => {
    const cluster = layout(2);
    const objects = corednsObjects(cluster);
    const deployment = objects.find(({ kind }) => kind === "Deployment") as V1Deployment;
    const pod = deployment.spec?.template;
    const [rule] = pod?.spec?.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
    assert.equal(rule?.topologyKey, "kubernetes.io/hostname");
    assert.deepEqual(rule?.labelSelector?.matchLabels, pod?.metadata?.labels);
    const service = objects.find(({ kind }) => kind === "Service") as V1Service;
    assert.equal(service.spec?.clusterIP, cluster.dnsAddress);
    assert.deepEqual(service.spec?.selector, pod?.metadata?.labels);
  });
});
