import assert from "node:assert/strict";
import { adoptedFields, withIgnoredFields } from "../../../../../local/plugins/kubernetes/apply";
import type { ValueMap } from "../../../../../local/plugins/rpc/values";

const own = "pulumi-kubernetes-1";
const entry = (manager: string, operation: string, fieldsV1: ValueMap, rest: ValueMap = {}): ValueMap => ({
  manager,
  operation,
  fieldsV1,
  ...rest,
});

describe("plugins: ownership of fields", () => {
  it("takes over what creation and kubectl wrote, merged into one entry", () => {
    const adopted = adoptedFields(
      [
        entry("pulumi-kubernetes", "Update", { "f:spec": { "f:a": {} } }),
        entry("kubectl-client-side-apply", "Update", { "f:spec": { "f:b": {} } }),
        entry("kube-controller-manager", "Update", { "f:status": {} }, { subresource: "status" }),
      ],
      own,
    );
    assert.deepEqual(adopted, [
      entry("kube-controller-manager", "Update", { "f:status": {} }, { subresource: "status" }),
      entry(own, "Apply", { "f:spec": { "f:a": {}, "f:b": {} } }),
    ]);
  });

  it("leaves managers alone that are nobody of ours", () => {
    const foreign = [entry(own, "Apply", {}), entry("helm", "Apply", {}), entry("pulumi-kubernetes-2", "Apply", {})];
    assert.equal(adoptedFields(foreign, own), undefined);
  });

  it("joins what it takes over with what is its own", () => {
    const adopted = adoptedFields([entry(own, "Apply", { "f:a": {} }), entry("kubectl", "Apply", { "f:b": {} })], own);
    assert.deepEqual(adopted, [entry(own, "Apply", { "f:a": {}, "f:b": {} })]);
  });
});

describe("plugins: ignored fields", () => {
  const object = { spec: { replicas: 1, image: "new" } };
  const live = (...managedFields: ValueMap[]): ValueMap => ({
    metadata: { managedFields },
    spec: { replicas: 7, image: "old" },
  });

  it("are not applied when another manager alone holds them", () => {
    const held = live(entry("hpa", "Update", { "f:spec": { "f:replicas": {} } }));
    assert.deepEqual(withIgnoredFields(object, held, own, ["spec.replicas"]), { spec: { image: "new" } });
  });

  it("keep their live value when they are ours or nobody's, since leaving them out would remove them", () => {
    const ours = live(
      entry(own, "Apply", { "f:spec": { "f:replicas": {} } }),
      entry("hpa", "Update", { "f:spec": { "f:replicas": {} } }),
    );
    for (const held of [ours, live()]) {
      assert.deepEqual(withIgnoredFields(object, held, own, ["spec.replicas"]), {
        spec: { image: "new", replicas: 7 },
      });
    }
  });

  it("may be items of lists, or not exist", () => {
    const list = (image: string): ValueMap => ({ spec: { containers: [{ name: "a", image }] } });
    assert.deepEqual(withIgnoredFields(list("new"), list("old"), own, ["spec.containers[0].image"]), list("old"));
    assert.deepEqual(withIgnoredFields(object, live(), own, ["spec.missing"]), object);
  });
});
