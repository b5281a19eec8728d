import assert from "node:assert/strict";
import { kinds, type Manifest, pathOf, podTemplate, workload } from "./admission-objects";
import type { AdmissionNamespaces, AdmissionServer } from "./admission-server";

const of = (tenant: string) => ({ "tenant-id": tenant });
const selecting = ["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet"];

/** Pods, or what makes them, of a tenant and a ServiceAccount. */
function made(kind: string, namespace: string, labels: Record<string, string>, account?: string): Manifest {
  const template = podTemplate(labels);
  if (account) template.spec.serviceAccountName = account;
  return workload(kind, namespace, template);
}

/** The tenant's id on pods. */
export function labelTests(server: () => AdmissionServer, names: AdmissionNamespaces): void {
  const { tenants, apps, mapped, shared } = names;

  for (const kind of kinds) {
    const label = `${pathOf(kind)}metadata.labels.tenant-id`;

    it(`takes a ${kind} of the tenant of its namespace, or of none, and of no other`, async () => {
      await server().takes(made(kind, apps, {}));
      await server().takes(made(kind, apps, of("acme")));
      const says = (namespace: string, tenant: string) =>
        `is globex, but namespace ${namespace} and ServiceAccount default are of tenant ${tenant}; must be that tenant's`;
      await server().refuses(made(kind, apps, of("globex")), `${label} ${says(apps, "acme")}`);
      await server().takes(made(kind, mapped, of("initech")));
      await server().refuses(made(kind, mapped, of("globex")), `${label} ${says(mapped, "initech")}`);
    });

    it(`takes a ${kind} of the tenant whose ServiceAccount it has`, async () => {
      // The API server looks for the ServiceAccounts of pods.
      await server().takes(made(kind, tenants, of("acme"), "nats-acme"));
      await server().takes(made(kind, tenants, of("globex")));
      const says = "but the ServiceAccount is nats-acme; must be the tenant whose ServiceAccount it is";
      await server().refuses(made(kind, tenants, of("globex"), "nats-acme"), `${label} is globex, ${says}`);
      await server().refuses(made(kind, tenants, {}, "nats-acme"), `${label} is missing, ${says}`);
      await server().takes(made(kind, shared, of("acme"), "exporter"));
      await server().takes(made(kind, shared, of("globex")));
      await server().refuses(
        made(kind, shared, of("globex"), "exporter"),
        "ServiceAccount exporter are of tenant acme",
      );
    });

    it(`takes a ${kind} with a tenant's id that is one`, async () => {
      for (const id of ["Acme", "acme_1", "a.b"]) {
        await server().refuses(made(kind, tenants, of(id)), `${label} is ${id}; must be a tenant's id`);
      }
      await server().refuses(made(kind, tenants, of("")), `${label} is missing; must be a tenant's id`);
    });

    if (kind === "Pod") continue;
    it(`takes a ${kind} with one tenant's id wherever it stands`, async () => {
      const object = made(kind, tenants, of("acme"));
      const own = (labels: object) => ({ ...object, metadata: { ...object.metadata, labels } });
      await server().takes(own({}));
      const says = "metadata.labels.tenant-id is globex, and that of the pods is acme; must be the same";
      await server().refuses(own(of("globex")), says);
      if (!selecting.includes(kind)) return;
      const spec = { ...object.spec, selector: { matchLabels: { app: "orders" } } };
      const missing = "spec.selector.matchLabels.tenant-id is missing, and that of the pods is acme; must be the same";
      await server().refuses({ ...object, spec }, missing);
    });
  }

  it("takes a CronJob whose jobs are the pods' tenant's", async () => {
    const object = made("CronJob", tenants, of("acme"));
    object.spec.jobTemplate.metadata = { labels: of("globex") };
    await server().refuses(object, "spec.jobTemplate.metadata.labels.tenant-id is globex");
    object.spec.jobTemplate.metadata = { labels: of("acme") };
    await server().takes(object);
  });

  it("lets no pod, and nothing that makes them, go from one tenant to another", async () => {
    const pod = made("Pod", tenants, of("acme"));
    const cronJob = made("CronJob", tenants, of("acme"));
    for (const object of [pod, cronJob]) await server().create(object);
    const author = server().author;
    const label = (value: string | null) => ({ metadata: { labels: { "tenant-id": value } } });
    for (const client of [server().admin, author]) {
      const says = "must stay what it was. Make another object";
      await server().refusesPatch(pod, label("globex"), `is globex, and was acme; ${says}`, "", client);
      await server().refusesPatch(pod, label(null), `is missing, and was acme; ${says}`, "", client);
      assert.equal(await server().patchRefusal(pod, { metadata: { labels: { tier: "1" } } }, "", client), undefined);
      const template = { spec: { jobTemplate: { spec: { template: label("globex") } } } };
      await server().refusesPatch(
        cronJob,
        { ...label("globex"), ...template },
        `is globex, and was acme; ${says}`,
        "",
        client,
      );
    }
    const none = { ...made("Pod", apps, {}), metadata: { name: "none", namespace: apps, labels: { app: "x" } } };
    await server().create(none);
    await server().refusesPatch(none, label("acme"), "is acme, and was missing; must stay what it was");
    await server().remove(pod);
  });
}
