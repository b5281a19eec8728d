import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { type ProgramManifestArgs, programPod } from "../../commands/in-cluster-manifests";
import { AppJob } from "../../components/app/job";
import { AppStatefulSet } from "../../components/app/stateful-set";
import { DemoTenant } from "../../components/demo/demo-tenant";
import { defaultImages } from "../../components/images";
import { Instance } from "../../components/tenant/instance";
import { type Manifest, podTemplate, workload } from "./admission-objects";
import { type AdmissionNamespaces, type AdmissionServer, componentObjects } from "./admission-server";

const resources = { requests: { cpu: "1", memory: "1Gi" }, limits: { cpu: "1", memory: "1Gi" } };
const nats = { enabled: true, serviceAddress: "nats.nats.svc.cluster.local" };

/** What this program itself makes where the policies hold, made by its components, and what Kubernetes' controllers make of it. */
export function ownTests(server: () => AdmissionServer, { tenants, apps }: AdmissionNamespaces): void {
  async function createAll(make: () => unknown): Promise<Manifest[]> {
    const objects = await componentObjects(make);
    for (const object of objects) {
      await server().create(object);
      if (object.kind === "Namespace") await server().untilPodsCanBeMade(object.metadata.name);
    }
    return objects;
  }

  const untilPods = (namespace: string, selector: string, count: number) =>
    server().api.until(`${count} pods ${selector} are made in ${namespace}`, async () => {
      const query = { labelSelector: selector };
      const { items } = (await server().admin.request("GET", `/api/v1/namespaces/${namespace}/pods`, {
        query,
      })) as Manifest;
      return items.length === count;
    });

  it("takes a tenant's instance, and the pod that comes of it", async () => {
    const args = {
      tenant: "acme",
      instance: 2,
      namespace: tenants,
      resources,
      metrics: true,
      images: defaultImages,
      nodeSelector: {},
      restartDigest: "none",
      environmentEpochs: { operator: 1, accounts: 1 },
    };
    const objects = await createAll(() => new Instance("acme-2", args));
    assert.deepEqual(objects.map(({ kind }) => kind).sort(), ["Deployment", "Service"]);
    await untilPods(tenants, "tenant-id=acme,instance-num=2", 1);
  });

  it("takes the demo's wired Deployment and CronJob, and the pods that come of them", async () => {
    const program = { image: defaultImages.node, code: { serve: "serve", ask: "ask" } };
    const args = { tenant: "acme", namespace: "demo", nats, subject: "a", extraSubject: "b", attempts: "[]" };
    const objects = await createAll(() => new DemoTenant("demo", { ...args, ...program }));
    await untilPods("demo", "app=orders", 2);
    // As the CronJob's controller makes them.
    const cronJob = objects.find(({ kind }) => kind === "CronJob") ?? assert.fail();
    const { spec, metadata } = cronJob.spec.jobTemplate;
    const job = {
      apiVersion: "batch/v1",
      kind: "Job",
      metadata: { ...metadata, name: "now", namespace: "demo" },
      spec,
    };
    await server().create(job, server().api.client("system:serviceaccount:kube-system:cronjob-controller"));
    await untilPods("demo", "app=report", 1);
  });

  it("takes a wired StatefulSet and Job, and the pods that come of them", async () => {
    const metadata = (name: string) => ({ name, namespace: apps });
    const template = podTemplate({ "tenant-id": "acme", app: "wired" });
    const selector = { matchLabels: template.metadata.labels };
    const once = { ...template, spec: { ...template.spec, restartPolicy: "Never" } };
    await createAll(() => {
      const spec = { serviceName: "wired", replicas: 1, selector, template };
      new AppStatefulSet("wired", { metadata: metadata("wired"), spec, nats });
    });
    await untilPods(apps, "app=wired", 1);
    await createAll(() => new AppJob("once", { metadata: metadata("once"), spec: { template: once }, nats }));
    await untilPods(apps, "app=wired", 2);
  });

  it("takes the pods of commands in the tenants' namespace: with creds, for a tenant and for none", async () => {
    const pod = (labels: Record<string, string>, client: boolean): Manifest => {
      const args: ProgramManifestArgs = {
        name: "probe",
        namespace: tenants,
        owner: "host/1",
        code: "",
        image: "node:24",
        env: { NATS_URL: "nats://nats-acme-1" },
        credsSecrets: { user: "nats-acme-worker-creds" },
        client,
        labels,
        openEgress: false,
        limits: { cpu: "500m", memory: "256Mi" },
        deadlineSeconds: 60,
      };
      return { apiVersion: "v1", kind: "Pod", ...programPod(args) };
    };
    const of = (tenant: string): Record<string, string> => ({ "tenant-id": tenant });
    for (const labels of [of("acme"), of("globex"), {}]) {
      for (const client of [true, false]) await server().takes(pod(labels, client));
    }
  });

  it("takes the worker of docs/tenants.md", async () => {
    const [, example = ""] = /```yaml\n(apiVersion: apps\/v1\n[^`]*)```/.exec(document("tenants.md")) ?? [];
    const worker = parse(example);
    await server().takes(worker);
    await server().takes(worker, server().author);
    const { metadata, spec } = worker.spec.template;
    await server().takes(workload("StatefulSet", tenants, { metadata, spec }));
  });
}

function document(name: string): string {
  return readFileSync(join(__dirname, "../../docs", name), "utf8");
}
