import assert from "node:assert/strict";
import { diffObjects, formatPath, parsePath } from "../../../../../local/plugins/kubernetes/diff";
import type { KubeObject } from "../../../../../local/plugins/kubernetes/objects";
import { Unknown, type ValueMap } from "../../../../../local/plugins/rpc/values";

const options = { enableSecretMutable: false, enableConfigMapMutable: false, ignoreChanges: [] as string[] };

function object(apiVersion: string, kind: string, rest: ValueMap, metadata: ValueMap = {}): KubeObject {
  return { apiVersion, kind, metadata: { name: "a", namespace: "ns", ...metadata }, ...rest };
}

/** Changes from one object to another as `kind path`, `!` in front of those that replace. */
function changes(before: KubeObject, after: KubeObject, changed: Partial<typeof options> = {}): string[] {
  const diff = diffObjects(before, after, { ...options, ...changed });
  return [...diff.changes].map(([path, { kind, replace }]) => `${replace ? "!" : ""}${kind} ${path}`);
}

describe("plugins: diff of Kubernetes objects", () => {
  const deployment = (spec: ValueMap): KubeObject =>
    object("apps/v1", "Deployment", { spec: { selector: { matchLabels: { app: "a" } }, ...spec } });

  it("names what changed by its path, down to the item of a list", () => {
    const containers = (...images: string[]): ValueMap => ({
      template: { spec: { containers: images.map((image) => ({ image })) } },
    });
    assert.deepEqual(changes(deployment(containers("a", "b")), deployment(containers("a", "c", "d"))), [
      "update spec.template.spec.containers[1].image",
      "add spec.template.spec.containers[2]",
    ]);
    assert.deepEqual(changes(deployment(containers("a", "b")), deployment(containers("a"))), [
      "delete spec.template.spec.containers[1]",
    ]);
  });

  it("finds nothing between equal objects whose keys are in another order", () => {
    assert.deepEqual(changes(deployment({ a: 1, b: { c: [1] } }), deployment({ b: { c: [1] }, a: 1 })), []);
  });

  it("quotes keys with dots", () => {
    const [before, after] = [{ "app.kubernetes.io/name": "x" }, { "app.kubernetes.io/name": "y" }].map((labels) =>
      object("v1", "ServiceAccount", {}, { labels }),
    );
    assert.deepEqual(changes(before ?? {}, after ?? {}), ['update metadata.labels["app.kubernetes.io/name"]']);
  });

  it("takes an amount in another spelling for the same, but only where amounts are", () => {
    const requests = (cpu: string, memory: string): KubeObject =>
      deployment({ resources: { requests: { cpu, memory } } });
    assert.deepEqual(changes(requests("1000m", "1024Mi"), requests("1", "1Gi")), []);
    assert.deepEqual(changes(requests("1000m", "1Gi"), requests("1", "1G")), ["update spec.resources.requests.memory"]);
    const data = (x: string): KubeObject => object("v1", "Secret", { data: { x } });
    assert.deepEqual(changes(data("1000"), data("1k")), ["!update data.x"]);
  });

  it("counts a value that is not known yet as changed", () => {
    assert.deepEqual(changes(deployment({ replicas: 1 }), deployment({ replicas: Unknown.value })), [
      "update spec.replicas",
    ]);
  });

  it("leaves ignored properties and all below them out", () => {
    const [before, after] = [deployment({ replicas: 1, paused: false }), deployment({ replicas: 2, paused: true })];
    assert.deepEqual(changes(before, after, { ignoreChanges: ["spec.replicas"] }), ["update spec.paused"]);
    assert.deepEqual(changes(before, after, { ignoreChanges: ["spec"] }), []);
  });

  const replacing: [string, KubeObject, KubeObject, string[]][] = [
    [
      "a Deployment's selector",
      deployment({}),
      deployment({ selector: { matchLabels: { app: "b" } } }),
      ["!update spec.selector.matchLabels.app"],
    ],
    [
      "a Deployment's replicas in place",
      deployment({ replicas: 1 }),
      deployment({ replicas: 2 }),
      ["update spec.replicas"],
    ],
    [
      "a StatefulSet's claim templates and service name",
      object("apps/v1", "StatefulSet", {
        spec: {
          serviceName: "a",
          replicas: 1,
          volumeClaimTemplates: [{ spec: { resources: { requests: { storage: "1Gi" } } } }],
        },
      }),
      object("apps/v1", "StatefulSet", {
        spec: {
          serviceName: "b",
          replicas: 3,
          volumeClaimTemplates: [{ spec: { resources: { requests: { storage: "2Gi" } } } }],
        },
      }),
      [
        "!update spec.serviceName",
        "update spec.replicas",
        "!update spec.volumeClaimTemplates[0].spec.resources.requests.storage",
      ],
    ],
    [
      "a Job's template",
      object("batch/v1", "Job", { spec: { template: { a: 1 } } }),
      object("batch/v1", "Job", { spec: { template: { a: 2 } } }),
      ["!update spec.template.a"],
    ],
    [
      "a Job's ttl in place",
      object("batch/v1", "Job", { spec: { ttlSecondsAfterFinished: 1 } }),
      object("batch/v1", "Job", { spec: { ttlSecondsAfterFinished: 2 } }),
      ["update spec.ttlSecondsAfterFinished"],
    ],
    [
      "a Service's clusterIP",
      object("v1", "Service", { spec: { clusterIP: "None" } }),
      object("v1", "Service", { spec: {} }),
      ["!delete spec.clusterIP"],
    ],
    [
      "a RoleBinding's roleRef",
      object("rbac.authorization.k8s.io/v1", "RoleBinding", { roleRef: { name: "a" } }),
      object("rbac.authorization.k8s.io/v1", "RoleBinding", { roleRef: { name: "b" } }),
      ["!update roleRef.name"],
    ],
    [
      "a claim's storage class",
      object("v1", "PersistentVolumeClaim", { spec: { storageClassName: "a" } }),
      object("v1", "PersistentVolumeClaim", { spec: { storageClassName: "b" } }),
      ["!update spec.storageClassName"],
    ],
    [
      "a claim's size in place",
      object("v1", "PersistentVolumeClaim", { spec: { resources: { requests: { storage: "1Gi" } } } }),
      object("v1", "PersistentVolumeClaim", { spec: { resources: { requests: { storage: "2Gi" } } } }),
      ["update spec.resources.requests.storage"],
    ],
    [
      "a Pod's image",
      object("v1", "Pod", { spec: { containers: [{ image: "a" }] } }),
      object("v1", "Pod", { spec: { containers: [{ image: "b" }] } }),
      ["!update spec.containers[0].image"],
    ],
    [
      "a StorageClass's provisioner",
      object("storage.k8s.io/v1", "StorageClass", { provisioner: "a" }),
      object("storage.k8s.io/v1", "StorageClass", { provisioner: "b" }),
      ["!update provisioner"],
    ],
    [
      "a name",
      object("v1", "ServiceAccount", {}),
      object("v1", "ServiceAccount", {}, { name: "b" }),
      ["!update metadata.name"],
    ],
    [
      "a namespace",
      object("v1", "ServiceAccount", {}),
      object("v1", "ServiceAccount", {}, { namespace: "b" }),
      ["!update metadata.namespace"],
    ],
    [
      "a subtree that brings a replacing field",
      object("v1", "Service", {}),
      object("v1", "Service", { spec: { clusterIP: "None" } }),
      ["!add spec"],
    ],
  ];
  for (const [what, before, after, expected] of replacing) {
    it(`replaces (or not) for ${what}`, () => assert.deepEqual(changes(before, after), expected));
  }

  it("replaces Secrets and ConfigMaps for changed data unless they were made mutable, and immutable ones always", () => {
    for (const [kind, option] of [
      ["Secret", "enableSecretMutable"],
      ["ConfigMap", "enableConfigMapMutable"],
    ] as const) {
      const data = (x: string, rest: ValueMap = {}): KubeObject => object("v1", kind, { data: { x }, ...rest });
      assert.deepEqual(changes(data("a"), data("b")), ["!update data.x"]);
      assert.deepEqual(changes(data("a"), data("b"), { [option]: true }), ["update data.x"]);
      assert.deepEqual(changes(data("a", { immutable: true }), data("b", { immutable: true }), { [option]: true }), [
        "!update data.x",
      ]);
    }
    const typed = (type: string): KubeObject => object("v1", "Secret", { type });
    assert.deepEqual(changes(typed("Opaque"), typed("x/y"), { enableSecretMutable: true }), ["!update type"]);
  });

  describe("deletes the old object first", () => {
    const job = (template: string, metadata: ValueMap = {}): KubeObject =>
      object("batch/v1", "Job", { spec: { template } }, metadata);
    const first = (before: KubeObject, after: KubeObject): boolean =>
      diffObjects(before, after, options).deleteBeforeReplace;
    const autonamed = { annotations: { "pulumi.com/autonamed": "true" } };
    it("when both have the name the program chose", () => assert.equal(first(job("a"), job("b")), true));
    it("not when the name was made up", () => assert.equal(first(job("a", autonamed), job("b", autonamed)), false));
    it("not when the name changes", () => assert.equal(first(job("a"), job("b", { name: "b" })), false));
    it("not when the namespace changes", () => assert.equal(first(job("a"), job("b", { namespace: "b" })), false));
    it("not when nothing is replaced", () => assert.equal(first(job("a"), job("a", { labels: { x: "y" } })), false));
  });

  it("reads the paths it writes", () => {
    for (const path of [
      ["a", "b", 0, "c"],
      ["metadata", "labels", "a.b/c"],
      ["a", 'x"y[z]', 12],
    ]) {
      assert.deepEqual(parsePath(formatPath(path)), path);
    }
  });
});
