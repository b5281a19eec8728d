import assert from "node:assert/strict";
import type { RegisteredResource } from "../../../../commands/permission-diff/program/facts";
import { diffGrants } from "../../../../commands/permission-diff/rbac/diff";

function object(kind: string, name: string, inputs: object): RegisteredResource {
  return {
    type: `kubernetes:rbac.authorization.k8s.io/v1:${kind}`,
    name,
    inputs: { metadata: { name, namespace: "ns" }, ...inputs },
  };
}
const role = (rules: object[], kind = "Role") => object(kind, "role", { rules });
const binding = (kind = "Role", bindingKind = "RoleBinding", name = "role") =>
  object(bindingKind, "binding", { roleRef: { kind, name }, subjects: [{ kind: "ServiceAccount", name: "app" }] });
const read = { apiGroups: [""], resources: ["secrets"], verbs: ["get"] };

function diff(before: RegisteredResource[], after: RegisteredResource[]) {
  const stack = (resources: RegisteredResource[]) => [{ name: "dev", environment: "dev", resources }];
  const { changes } = diffGrants(stack(before), stack(after), new Set(["dev"]));
  return changes.map(({ effect, who, what, before: was, after: is }) => `${effect}: ${who}: ${what}: ${was} → ${is}`);
}

describe("what roles of Kubernetes give", () => {
  it("is nothing without a binding, and nothing new in other words", () => {
    assert.deepEqual(diff([], [role([read])]), []);
    const all = { ...read, verbs: ["*"] };
    assert.deepEqual(diff([role([all]), binding()], [role([all, read]), binding()]), []);
  });

  it("widens by a verb, a resource, a binding, a wildcard", () => {
    const who = "widens: ServiceAccount ns/app: Kubernetes:";
    assert.deepEqual(diff([role([read]), binding()], [role([{ ...read, verbs: ["list", "get"] }]), binding()]), [
      `${who} secrets in ns: get → get, list`,
    ]);
    assert.deepEqual(diff([role([])], [role([read]), binding()]), [`${who} secrets in ns: nothing → get`]);
    assert.deepEqual(
      diff([role([{ ...read, resourceNames: ["one"] }]), binding()], [role([read]), binding()]).slice(0, 1),
      [`${who} secrets in ns: nothing → get`],
    );
    assert.deepEqual(
      diff(
        [role([read], "ClusterRole"), binding("ClusterRole")],
        [role([read], "ClusterRole"), binding("ClusterRole", "ClusterRoleBinding")],
      ),
      [`${who} secrets in the whole cluster: nothing → get`],
    );
    assert.deepEqual(diff([], [binding("ClusterRole", "ClusterRoleBinding", "cluster-admin")]), [
      `${who} all of ClusterRole cluster-admin in the whole cluster: nothing → *`,
    ]);
  });

  it("is what is of no group and of every group, each by itself", () => {
    const core = { apiGroups: [""], resources: ["*"], verbs: ["*"] };
    const rbac = { apiGroups: ["rbac.authorization.k8s.io"], resources: ["clusterrolebindings"], verbs: ["*"] };
    const who = "widens: ServiceAccount ns/app: Kubernetes:";
    assert.deepEqual(diff([role([core]), binding()], [role([core, rbac]), binding()]), [
      `${who} rbac.authorization.k8s.io/clusterrolebindings in ns: nothing → *`,
    ]);
    const everything = { apiGroups: ["*"], resources: ["*"], verbs: ["*"] };
    assert.deepEqual(diff([role([everything]), binding()], [role([everything, core, rbac]), binding()]), []);
    const path = { nonResourceURLs: ["/metrics"], verbs: ["get"] };
    assert.deepEqual(diff([role([everything]), binding()], [role([everything, path]), binding()]), [
      `${who} /metrics in ns: nothing → get`,
    ]);
  });

  it("is what any role of a name gives, where there are several", () => {
    assert.deepEqual(diff([role([]), binding()], [role([read]), role([]), binding()]), [
      "widens: ServiceAccount ns/app: Kubernetes: secrets in ns: nothing → get",
    ]);
  });

  it("narrows the other way round", () => {
    assert.deepEqual(diff([role([read]), binding()], [role([])]), [
      "narrows: ServiceAccount ns/app: Kubernetes: secrets in ns: get → nothing",
    ]);
  });
});
