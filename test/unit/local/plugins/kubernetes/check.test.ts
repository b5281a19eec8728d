import assert from "node:assert/strict";
import { adoptName, assignName, checkInputs, uniqueName } from "../../../../../local/plugins/kubernetes/check";
import { nameOf, textAt } from "../../../../../local/plugins/kubernetes/objects";
import type { Session } from "../../../../../local/plugins/kubernetes/session";
import { Secret, stripSecretsOfMap, Unknown, type ValueMap } from "../../../../../local/plugins/rpc/values";

const seed = new Uint8Array([1, 2, 3]);
const autonamed = (object: ValueMap): string => textAt(object, "metadata", "annotations", "pulumi.com/autonamed");

describe("plugins: check of Kubernetes inputs", () => {
  const logged: string[] = [];
  const session = {
    config: {},
    namespace: "default-ns",
    cluster: undefined,
    log: { log: (_severity: string, _urn: string, message: string) => logged.push(message), status: () => {} },
  } as unknown as Session;
  const urn = (type: string): string => `urn:pulumi:s::p::${type}::res`;
  const check = (type: string, news: ValueMap, olds: ValueMap = {}): Promise<ValueMap> =>
    checkInputs(session, { urn: urn(type), news, olds, seed });

  it("names an object after the resource, the same for the same seed", () => {
    const named = (given: Uint8Array): string => {
      const inputs: ValueMap = {};
      assignName(inputs, "res", given);
      return nameOf(inputs);
    };
    assert.match(named(seed), /^res-[0-9a-f]{8}$/);
    assert.equal(named(seed), named(seed));
    assert.notEqual(named(seed), named(new Uint8Array([4])));
    assert.notEqual(uniqueName("res-", new Uint8Array()), uniqueName("res-", new Uint8Array()));
  });

  it("marks made-up names, and keeps them later on", () => {
    const inputs: ValueMap = {};
    assignName(inputs, "res", seed);
    assert.equal(autonamed(inputs), "true");
    const next: ValueMap = { metadata: { labels: { a: "b" } } };
    adoptName(next, inputs);
    assert.equal(nameOf(next), nameOf(inputs));
    assert.equal(autonamed(next), "true");
  });

  it("leaves a name alone that the program gives, known or not, and drops a made-up one for it", () => {
    for (const name of ["mine", Unknown.value]) {
      const inputs: ValueMap = { metadata: { name } };
      assignName(inputs, "res", seed);
      adoptName(inputs, { metadata: { name: "old-12345678", annotations: { "pulumi.com/autonamed": "true" } } });
      assert.deepEqual(inputs, { metadata: { name } });
    }
  });

  it("does not take over a name the program gave before and gives no more", () => {
    const inputs: ValueMap = { metadata: {} };
    adoptName(inputs, { metadata: { name: "mine" } });
    assert.equal(nameOf(inputs), "");
  });

  it("follows the engine's autonaming settings", () => {
    const proposed: ValueMap = {};
    assignName(proposed, "res", seed, { mode: "propose", proposedName: "stack-res" });
    assert.equal(nameOf(proposed), "stack-res");
    assert.throws(
      () => assignName({}, "res", seed, { mode: "disable", proposedName: "" }),
      /requires the .metadata.name field/,
    );
  });

  it("fills in the namespace of namespaced kinds only", async () => {
    const secret = await check("kubernetes:core/v1:ConfigMap", {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "a" },
    });
    assert.equal(textAt(secret, "metadata", "namespace"), "default-ns");
    const role = await check("kubernetes:rbac.authorization.k8s.io/v1:ClusterRole", { metadata: { name: "a" } });
    assert.equal(textAt(role, "metadata", "namespace"), "");
    const later = await check("kubernetes:core/v1:ConfigMap", { metadata: { name: "a", namespace: Unknown.value } });
    assert.ok((later.metadata as ValueMap).namespace instanceof Unknown);
  });

  it("keeps secrets secret, and all data of a Secret, given as stringData or data", async () => {
    const secret = await check("kubernetes:core/v1:Secret", {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "a" },
      stringData: { k: "v" },
    });
    assert.ok(secret.data instanceof Secret);
    assert.deepEqual(stripSecretsOfMap(secret).data, { k: "dg==" });
    assert.ok(!("stringData" in secret));
    const map = await check("kubernetes:core/v1:ConfigMap", {
      metadata: { name: "a" },
      data: { open: "o", hidden: new Secret("h") },
    });
    assert.deepEqual(map.data, { open: "o", hidden: new Secret("h") });
  });

  it("refuses what cannot be created", async () => {
    await assert.rejects(check("kubernetes:core/v1:ConfigMapList", { items: [] }), /Use the underlying resource type/);
    await assert.rejects(
      check("kubernetes:core/v1:ConfigMapPatch", { metadata: { name: "a" } }),
      /install the official one/,
    );
    await assert.rejects(check("kubernetes:core/v1:ConfigMap", { metadata: { generateName: "a-" } }), /generateName/);
    await assert.rejects(check("kubernetes:nonsense", {}), /is not a Kubernetes type/);
  });

  it("warns of a made-up-name annotation in the program", async () => {
    logged.length = 0;
    await check("kubernetes:core/v1:ConfigMap", {
      metadata: { name: "a", annotations: { "pulumi.com/autonamed": "true" } },
    });
    assert.match(logged.join(), /ignoring user-specified value/);
  });
});
