import assert from "node:assert/strict";
import * as k8s from "@pulumi/kubernetes";
import { changes, failureOf, type Sandbox, shellImage } from "./plugins-sandbox";

interface PodSettings {
  readonly image?: string;
  readonly script?: string;
  readonly readiness?: string;
  readonly pull?: "Never";
  readonly cpu?: string;
}

/** Waiting for objects, and what is said when they do not get ready; deletion of objects that take their time. */
export function readinessTests(sandbox: () => Sandbox): void {
  const metadata = (name: string, annotations: Record<string, string> = {}) => ({
    name,
    namespace: sandbox().namespace,
    annotations,
  });

  const template = (app: string, { image = shellImage, script = "sleep 3600", readiness, pull, cpu }: PodSettings) => ({
    metadata: { labels: { app } },
    spec: {
      terminationGracePeriodSeconds: 0,
      containers: [
        {
          name: "main",
          image,
          imagePullPolicy: pull ?? "IfNotPresent",
          command: ["sh", "-c", script],
          ...(readiness ? { readinessProbe: { exec: { command: ["sh", "-c", readiness] }, periodSeconds: 1 } } : {}),
          ...(cpu ? { resources: { requests: { cpu } } } : {}),
        },
      ],
    },
  });

  const deployment = (name: string, pod: PodSettings, seconds = 120, annotations: Record<string, string> = {}) =>
    new k8s.apps.v1.Deployment(
      name,
      {
        metadata: metadata(name, annotations),
        spec: { selector: { matchLabels: { app: name } }, template: template(name, pod) },
      },
      { customTimeouts: { create: `${seconds}s`, update: `${seconds}s` } },
    );

  const service = (name: string) =>
    new k8s.core.v1.Service(name, {
      metadata: metadata(name),
      spec: { selector: { app: name }, ports: [{ port: 80 }] },
    });

  it("waits until Pods are ready, and Services have them", async () => {
    const stack = await sandbox().stack(async () => {
      deployment("ready", { script: "sleep 2; touch /tmp/up; sleep 3600", readiness: "test -f /tmp/up" });
      service("ready");
    });
    await stack.up();
    const { status } = (await sandbox().get(sandbox().path("apps/v1", "deployments", "ready"))) as {
      status: { readyReplicas?: number };
    };
    assert.equal(status.readyReplicas, 1);
    assert.deepEqual(changes(await stack.refresh()), {});
    assert.deepEqual(changes(await stack.up()), {});
    await stack.destroy();
    assert.ok(!(await sandbox().exists(sandbox().path("apps/v1", "deployments", "ready"))));
  });

  it("rolls a StatefulSet out to its last Pod", async () => {
    const set = (value: string) => async () => {
      const spec = {
        serviceName: "set",
        replicas: 2,
        selector: { matchLabels: { app: "set" } },
        template: template("set", { script: `echo ${value}; sleep 3600`, readiness: "true" }),
      };
      new k8s.apps.v1.StatefulSet("set", { metadata: metadata("set"), spec });
    };
    const stack = await sandbox().stack(set("1"));
    await stack.up();
    assert.deepEqual(changes(await stack.up({ program: set("2") })), { update: 1 });
    const { status } = (await sandbox().get(sandbox().path("apps/v1", "statefulsets", "set"))) as {
      status: Record<string, unknown>;
    };
    assert.deepEqual(
      [status.readyReplicas, status.updatedReplicas ?? 2, status.currentRevision],
      [2, 2, status.updateRevision],
    );
  });

  it("tells why Pods do not get ready, all in one go, and goes on once they do", async () => {
    const seconds = 30;
    const failing = async () => {
      deployment("no-image", { image: "registry.invalid/nothing:1", pull: "Never" }, seconds);
      deployment("crashing", { script: "echo the last words; exit 3", readiness: "false" }, seconds);
      deployment("too-big", { cpu: "1000" }, seconds);
      deployment("unready", { readiness: "echo not today; false" }, seconds);
    };
    const stack = await sandbox().stack(failing);
    const message = await failureOf(stack.up());
    const told: Record<string, RegExp> = {
      "the time is up": /'no-image' timed out waiting to be Ready/,
      "the image cannot be pulled": /container "main": \[(ErrImage|ImagePull)\w+\]/,
      "the container crashes, and its last words": /terminated with exit code 3[\s\S]*the last words/,
      "no node is big enough": /\[Unschedulable\] .*Insufficient cpu/,
      "the probe fails": /Readiness probe failed: not today/,
    };
    for (const [what, pattern] of Object.entries(told)) assert.match(message, pattern, `${what}: ${message}`);
    // What failed is in the state: it is updated, not created again.
    const fixed = async () => {
      for (const name of ["no-image", "crashing", "too-big", "unready"]) deployment(name, {});
    };
    assert.deepEqual(changes(await stack.up({ program: fixed })), { update: 4 });
  });

  it("reports on refresh that a workload is no longer well", async () => {
    const stack = await sandbox().stack(async () => {
      deployment("sick", { readiness: "! test -f /tmp/sick" });
    });
    await stack.up();
    await sandbox().patch(sandbox().path("apps/v1", "deployments", "sick"), {
      spec: {
        template: { spec: { containers: [{ name: "main", image: "registry.invalid/nothing:1", command: ["x"] }] } },
      },
    });
    await sandbox().eventually("the rollout stalls", async () => {
      const { status } = (await sandbox().get(sandbox().path("apps/v1", "deployments", "sick"))) as {
        status: { unavailableReplicas?: number };
      };
      return status.unavailableReplicas === 1;
    });
    assert.match((await stack.refresh()).stdout, /Refreshed resource is in an unhealthy state/);
  });

  it("waits for Jobs, and fails at once when one has failed for good", async () => {
    const job = (name: string, script: string) => async () => {
      const spec = {
        backoffLimit: 0,
        template: {
          ...template(name, { script }),
          spec: { ...template(name, { script }).spec, restartPolicy: "Never" },
        },
      };
      new k8s.batch.v1.Job(name, { metadata: metadata(name), spec });
    };
    const good = await sandbox().stack(job("good", "true"));
    await good.up();
    assert.deepEqual(changes(await good.up({ program: job("good", "true; true") })), { replace: 1 });
    const bad = await sandbox().stack(job("bad", "echo no luck; exit 7"));
    const message = await failureOf(bad.up());
    assert.match(message, /'bad' has failed: \[BackoffLimitExceeded\]/);
    assert.match(message, /exit code 7[\s\S]*no luck/);
  });

  it("waits for what annotations say: not at all, for so long, or until a condition holds", async () => {
    const skipped = await sandbox().stack(async () => {
      deployment("skipped", { image: "registry.invalid/nothing:1" }, 120, { "pulumi.com/skipAwait": "true" });
    });
    await skipped.up();

    const waiting = (annotations: Record<string, string>) => async () => {
      new k8s.core.v1.ConfigMap("waiting", {
        metadata: metadata("waiting", { ...annotations, "pulumi.com/timeoutSeconds": "3" }),
        data: { a: "1" },
      });
    };
    const stack = await sandbox().stack(waiting({ "pulumi.com/waitFor": "jsonpath={.data.a}=2" }));
    assert.match(await failureOf(stack.up()), /'waiting' timed out[\s\S]*jsonpath=\{\.data\.a\}=2 does not hold/);
    await stack.up({ program: waiting({ "pulumi.com/waitFor": "jsonpath={.data.a}=1" }) });
  });

  it("waits for a claim only where binding does not wait for a Pod", async () => {
    const stack = await sandbox().stack(async () => {
      const spec = { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Mi" } } };
      new k8s.core.v1.PersistentVolumeClaim("claim", { metadata: metadata("claim"), spec });
    });
    await stack.up();
  });

  it("waits for finalizers when it deletes, and names them when time is up", async () => {
    const finalizers = ["example.com/hold"];
    const stack = await sandbox().stack(async () => {
      new k8s.core.v1.ConfigMap(
        "held",
        { metadata: { ...metadata("held"), finalizers } },
        { customTimeouts: { delete: "3s" } },
      );
    });
    await stack.up();
    assert.match(
      await failureOf(stack.destroy()),
      /deletion of ConfigMap 'held' timed out after 3 s: .*example\.com\/hold/,
    );
    await sandbox().patch(sandbox().path("v1", "configmaps", "held"), { metadata: { finalizers: null } });
    await stack.destroy();
  });

  it("stops waiting when the user cancels, and keeps what was made", async () => {
    const stack = await sandbox().stack(async () => {
      deployment("cancelled", { image: "registry.invalid/nothing:1" });
    });
    const interrupt = new AbortController();
    const onOutput = (line: string) => {
      if (/Waiting for Deployment to roll out/.test(line)) interrupt.abort(); // what Ctrl-C does
    };
    const started = Date.now();
    assert.match(
      await failureOf(stack.up({ onOutput, signal: interrupt.signal })),
      /was cancelled while waiting to be Ready/,
    );
    assert.ok(Date.now() - started < 60_000);
    assert.match(sandbox().stateText(stack), /kubernetes:apps\/v1:Deployment::cancelled/);
  });
}
