import assert from "node:assert/strict";
import {
  annotateSecrets,
  checkpointOf,
  importedInputs,
  normalizeInputs,
  objectOf,
  parseCheckpoint,
  redact,
  refreshInputs,
} from "../../../../../local/plugins/kubernetes/checkpoint";
import { Secret, Unknown, type ValueMap } from "../../../../../local/plugins/rpc/values";

describe("plugins: state of Kubernetes resources", () => {
  it("keeps inputs, apiVersion and field manager beside the live object, and reads them back", () => {
    const checkpoint = {
      inputs: { apiVersion: "v1", kind: "ConfigMap", data: { a: "1" } },
      live: { apiVersion: "v1", kind: "ConfigMap", data: { a: "1" }, metadata: { uid: "u" } },
      initialApiVersion: "v1",
      fieldManager: "pulumi-kubernetes-12345678",
    };
    const state = checkpointOf(checkpoint, {});
    assert.equal((state.__inputs as ValueMap).kind, "ConfigMap");
    assert.equal(state.__fieldManager, "pulumi-kubernetes-12345678");
    assert.deepEqual(parseCheckpoint(state), checkpoint);
  });

  it("makes secret what came from a secret: the same key in maps, the whole of a list", () => {
    const outs = { env: [{ value: "s" }], open: "o", nested: { key: "s", other: "o" }, added: "server" };
    const ins = { env: [{ value: new Secret("s") }], open: "o", nested: { key: new Secret("s"), other: "o" } };
    assert.deepEqual(annotateSecrets(outs, ins), {
      env: new Secret([{ value: "s" }]),
      open: "o",
      nested: { key: new Secret("s"), other: "o" },
      added: "server",
    });
  });

  it("makes all data of a Secret secret, and what kubectl remembers of it", () => {
    const annotations = { "kubectl.kubernetes.io/last-applied-configuration": '{"data":{"k":"dg=="}}' };
    const annotated = annotateSecrets({ kind: "Secret", data: { k: "dg==" }, metadata: { annotations } }, {});
    assert.deepEqual(annotated.data, new Secret({ k: "dg==" }));
    assert.deepEqual((annotated.metadata as ValueMap).annotations, new Secret(annotations));
  });

  it("spells x-kubernetes names as the SDKs do in the state, as Kubernetes does in objects", () => {
    const crd = { spec: { "x-kubernetes-preserve-unknown-fields": true } };
    const state = checkpointOf({ inputs: crd, live: crd, initialApiVersion: "v1", fieldManager: "m" }, {});
    assert.deepEqual(state.spec, { x_kubernetes_preserve_unknown_fields: true });
    assert.deepEqual(objectOf({ spec: { x_kubernetes_preserve_unknown_fields: new Secret(true) } }), crd);
  });

  it("normalizes: no nulls, no read-only metadata, a Secret's stringData as data", () => {
    assert.deepEqual(
      normalizeInputs({
        metadata: { name: "a", creationTimestamp: null, uid: "u" },
        spec: { a: null, b: [{ c: null }] },
      }),
      {
        metadata: { name: "a" },
        spec: { b: [{}] },
      },
    );
    const secret = { apiVersion: "v1", kind: "Secret", data: { a: "YQ==\n", b: "Yg==" }, stringData: { b: "new" } };
    assert.deepEqual(normalizeInputs(secret), { apiVersion: "v1", kind: "Secret", data: { a: "YQ==", b: "bmV3" } });
    const unknown = { apiVersion: "v1", kind: "Secret", stringData: { b: Unknown.value } };
    assert.deepEqual(normalizeInputs(unknown), unknown);
  });

  describe("refresh", () => {
    const inputs = {
      spec: { replicas: 1, cpu: "1000m", hostNetwork: false, list: [{ name: "a" }] },
      metadata: { labels: { x: "1", y: "2" } },
    };
    // The server defaulted, respelled and dropped some of it.
    const live = {
      spec: { replicas: 1, cpu: "1", strategy: "x", list: [{ name: "a", port: 1 }] },
      metadata: { labels: { x: "1", y: "2" }, uid: "u" },
    };

    it("keeps the inputs when nothing has changed", () => assert.deepEqual(refreshInputs(inputs, live, live), inputs));

    it("takes over what has drifted", () => {
      const now = structuredClone(live);
      now.spec.replicas = 5;
      now.spec.cpu = "2";
      now.metadata.labels.x = "9";
      const expected = structuredClone(inputs);
      Object.assign(expected.spec, { replicas: 5, cpu: "2" });
      expected.metadata.labels.x = "9";
      assert.deepEqual(refreshInputs(inputs, live, now), expected);
    });

    it("notices what was removed and what was added to a list, not what the program never set", () => {
      const now = structuredClone(live) as typeof live & ValueMap;
      now.metadata.labels = { x: "1" } as typeof now.metadata.labels;
      now.spec.list.push({ name: "b", port: 2 });
      now.spec.strategy = "y";
      assert.deepEqual(refreshInputs(inputs, live, now), {
        spec: { ...inputs.spec, list: [{ name: "a" }, { name: "b", port: 2 }] },
        metadata: { labels: { x: "1" } },
      });
    });
  });

  it("imports all of an object but its status and what the server wrote into its metadata", () => {
    const live = {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: {
        name: "a",
        uid: "u",
        generation: 2,
        managedFields: [],
        annotations: { "deployment.kubernetes.io/revision": "1" },
      },
      spec: { replicas: 1 },
      status: { replicas: 1 },
    };
    assert.deepEqual(importedInputs(live), {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "a" },
      spec: { replicas: 1 },
    });
  });

  it("takes secrets out of messages, in base64 too", () => {
    const inputs = { data: new Secret({ k: "hunter2" }), open: "public" };
    assert.equal(
      redact('Invalid value: "hunter2" (aHVudGVyMg==) in public', inputs),
      'Invalid value: "[secret]" ([secret]) in public',
    );
  });
});
