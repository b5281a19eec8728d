import assert from "node:assert/strict";
import { type Manifest, podTemplate, workload } from "./admission-objects";
import type { AdmissionNamespaces, AdmissionServer } from "./admission-server";

const label = (key: string, value: string) => ({ metadata: { labels: { [key]: value } } });

/** Labels that a pod gets past its own resource: by its status, or as it is given to a node. */
export function bindingTests(server: () => AdmissionServer, { tenants }: AdmissionNamespaces): void {
  const named = (name: string, labels: Record<string, string>): Manifest => {
    const pod = workload("Pod", tenants, podTemplate(labels));
    return { ...pod, metadata: { ...pod.metadata, name } };
  };
  const pod = named("labelled", { "tenant-id": "acme" });
  const natsPod = named("instance", { "tenant-id": "acme", app: "nats" });
  const ready = { status: { conditions: [{ type: "Ready", status: "True" }] } };
  const binding = (labels: Record<string, string>): Manifest => ({
    apiVersion: "v1",
    kind: "Binding",
    metadata: { name: "labelled", namespace: tenants, labels },
    target: { apiVersion: "v1", kind: "Node", name: "node-1" },
  });
  const author = () => server().author;

  before(async () => {
    for (const object of [pod, natsPod]) await server().create(object);
  });
  after(async () => {
    for (const object of [pod, natsPod]) await server().remove(object);
  });

  it("takes a pod's status, and no other tenant's id with it", async () => {
    const says = "metadata.labels.tenant-id is globex, and was acme; must stay what it was";
    await server().refusesPatch(pod, { ...ready, ...label("tenant-id", "globex") }, says, "/status");
    assert.equal(await server().patchRefusal(pod, ready, "/status"), undefined);
    assert.equal(await server().patchRefusal(pod, ready, "/status", author()), undefined);
    assert.equal(await server().patchRefusal(pod, label("tier", "1"), "/status"), undefined);
  });

  it("takes an instance's status from whoever may write it, and makes no pod look like one by it", async () => {
    const says = "label app=nats is for instances of tenants";
    await server().refusesPatch(pod, label("app", "nats"), says, "/status", author());
    assert.equal(await server().patchRefusal(natsPod, ready, "/status", author()), undefined);
    assert.equal(await server().patchRefusal(pod, label("app", "nats"), "/status"), undefined);
  });

  it("lets no pod get labels that say whose and what it is as it is given to a node", async () => {
    const collections = ["pods/labelled/binding", "bindings"].map((name) => `/api/v1/namespaces/${tenants}/${name}`);
    for (const path of collections) {
      const bind = (labels: Record<string, string>, client = server().admin) =>
        server().refusalAt(path, binding(labels), client);
      const refused = "of the Binding is umbrella; must not be set. Label pods where they are made.";
      assert.ok((await bind({ "tenant-id": "umbrella" }))?.includes(`metadata.labels.tenant-id ${refused}`), path);
      assert.match((await bind({ "nats-platform/client": "true" })) ?? "", /nats-platform\/client of the Binding/);
      assert.match((await bind({ app: "nats" }, author())) ?? "", /label app=nats is for instances/);
      // As the scheduler does.
      assert.equal(await bind({ "topology.kubernetes.io/zone": "a" }), undefined);
      assert.equal(await bind({}, author()), undefined);
    }
  });

  it("has no other way to change labels of a pod", async () => {
    const before = await server().labelsOf(pod);
    for (const subresource of ["/resize", "/ephemeralcontainers"]) {
      await server()
        .patch(pod, label("tenant-id", "globex"), subresource)
        .catch(() => undefined);
      assert.deepEqual(await server().labelsOf(pod), before, subresource);
    }
  });
}
