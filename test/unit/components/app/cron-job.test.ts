import assert from "node:assert/strict";
import { AppCronJob } from "../../../../components/app/cron-job";
import type { NatsArgs } from "../../../../components/app/nats-args";
import { containerOf, contains, containsNone, only, registeredBy, type Template, types } from "./support";

const cronJob = (labels: Record<string, string> = { app: "report" }) => ({
  metadata: { name: "report", namespace: "shop" },
  spec: {
    schedule: "0 4 * * *",
    jobTemplate: {
      spec: {
        template: {
          metadata: { labels },
          spec: { restartPolicy: "Never", containers: [{ name: "RELEASE-NAME", image: "report:1" }] },
        },
      },
    },
  },
});

const scheduled = (nats?: NatsArgs) => registeredBy(() => new AppCronJob("report", { ...cronJob(), nats }));

async function template(nats?: NatsArgs): Promise<Template> {
  const { spec } = only<ReturnType<typeof cronJob>>(await scheduled(nats), types.cronJob);
  return spec.jobTemplate.spec.template as Template;
}

/** Each case of the chart this replaces, under its name there. */
describe("AppCronJob", () => {
  it("should not enable NATS by default", async () => {
    containsNone(containerOf(await template(), "RELEASE-NAME").env, { name: "NATS_URL" });
  });

  it("should add NATS environment variables when enabled", async () => {
    const { env } = containerOf(await template({ enabled: true }), "RELEASE-NAME");
    contains(env, { name: "NATS_URL", value: "nats://nats.messaging.svc.cluster.local:4222" });
    contains(env, { name: "NATS_TOKEN_FILE", value: "/var/run/secrets/nats/token" });
  });

  it("should add NATS volume and volumeMount when enabled", async () => {
    const wired = await template({ enabled: true });
    contains(wired.spec.volumes, {
      name: "nats-token",
      projected: { sources: [{ serviceAccountToken: { audience: "nats", expirationSeconds: 3600, path: "token" } }] },
    });
    contains(containerOf(wired, "RELEASE-NAME").volumeMounts, {
      mountPath: "/var/run/secrets/nats",
      name: "nats-token",
      readOnly: true,
    });
  });
});

describe("AppCronJob, beside the chart's cases", () => {
  it("keeps its schedule, and lets the pods of its template out", async () => {
    const registered = await scheduled({ enabled: true });
    assert.equal(only<ReturnType<typeof cronJob>>(registered, types.cronJob).spec.schedule, "0 4 * * *");
    const policy = only<{ metadata: { name: string }; spec: { podSelector: object } }>(registered, types.networkPolicy);
    assert.equal(policy.metadata.name, "report-nats");
    assert.deepEqual(policy.spec.podSelector, { matchLabels: { app: "report" } });
  });

  it("is refused without a label to select its pods by, unless it wants no policy", async () => {
    for (const labels of [{}, { "nats-platform/client": "true" }] as Record<string, string>[]) {
      const make = (nats: NatsArgs) => registeredBy(() => new AppCronJob("report", { ...cronJob(labels), nats }));
      await assert.rejects(
        make({ enabled: true }),
        /^WiringError: CronJob "report": its pod template has no label of its own .* give template\.metadata\.labels one/,
      );
      only(await make({ enabled: true, networkPolicy: "none" }), types.cronJob);
    }
  });
});
