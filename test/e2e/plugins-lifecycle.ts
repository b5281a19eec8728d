import assert from "node:assert/strict";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { Sandbox } from "./plugins-sandbox";
import { changes, failureOf, plannedChanges } from "./plugins-sandbox";

/** Create, preview, update, replace, refresh, import, delete of objects that are ready at once. */
export function lifecycleTests(sandbox: () => Sandbox): void {
  const metadata = (rest: object = {}) => ({ namespace: sandbox().namespace, ...rest });
  const configMap = (name: string, data: Record<string, string>, options?: pulumi.CustomResourceOptions) =>
    new k8s.core.v1.ConfigMap(name, { metadata: metadata({ name }), data }, options);

  it("creates, changes nothing when nothing has changed, and deletes", async () => {
    const { namespace } = sandbox();
    const program = async () => {
      const made = new k8s.core.v1.ConfigMap("made", { metadata: metadata(), data: { a: "1" } });
      const role = new k8s.rbac.v1.Role("role", {
        metadata: metadata({ name: "role" }),
        rules: [{ apiGroups: [""], resources: ["pods"], verbs: ["get"] }],
      });
      // What the server respells, defaults or drops must not come back as a difference.
      const service = new k8s.core.v1.Service("service", {
        metadata: metadata({ name: "service" }),
        spec: { ports: [{ port: 80 }], publishNotReadyAddresses: false },
      });
      const deployment = new k8s.apps.v1.Deployment("deployment", {
        metadata: metadata({ name: "deployment" }),
        spec: {
          replicas: 0,
          selector: { matchLabels: { app: "a" } },
          template: {
            metadata: { labels: { app: "a" } },
            spec: {
              hostNetwork: false,
              containers: [
                { name: "c", image: "x", resources: { requests: { cpu: "1000m", memory: "1024Mi" } }, env: [] },
              ],
            },
          },
        },
      });
      return {
        name: made.metadata.name,
        uid: role.metadata.uid,
        ip: service.spec.clusterIP,
        generation: deployment.metadata.generation,
      };
    };
    const stack = await sandbox().stack(program);
    assert.deepEqual(plannedChanges(await stack.preview()), { create: 5 });
    const up = await stack.up();
    assert.deepEqual(changes(up), { create: 5 });
    assert.match(up.outputs.name?.value, /^made-[0-9a-f]{8}$/);
    assert.ok(up.outputs.uid?.value && up.outputs.ip?.value);
    assert.deepEqual(changes(await stack.up()), {});
    assert.deepEqual(plannedChanges(await stack.preview()), {});
    assert.deepEqual(changes(await stack.refresh()), {});
    assert.deepEqual(plannedChanges(await stack.preview()), {});
    assert.ok(await sandbox().exists(`/api/v1/namespaces/${namespace}/configmaps/${up.outputs.name?.value}`));
    assert.deepEqual(changes(await stack.destroy()), { delete: 5 });
    assert.ok(!(await sandbox().exists(sandbox().path("apps/v1", "deployments", "deployment"))));
  });

  it("updates in place what can be, and removes what the program no longer sets", async () => {
    const role = (rules: object[], labels?: Record<string, string>) => async () => {
      new k8s.rbac.v1.Role("r", { metadata: metadata({ name: "in-place", labels }), rules: rules as never });
    };
    const rule = (verb: string) => ({ apiGroups: [""], resources: ["pods"], verbs: [verb] });
    const stack = await sandbox().stack(role([rule("get")], { a: "1", b: "2" }));
    await stack.up();
    const path = sandbox().path("rbac.authorization.k8s.io/v1", "roles", "in-place");
    const uid = (await sandbox().get(path)).metadata;
    const program = role([rule("list"), rule("watch")], { a: "3" });
    assert.deepEqual(plannedChanges(await stack.preview({ program })), { update: 1 });
    assert.deepEqual(changes(await stack.up({ program })), { update: 1 });
    const live = (await sandbox().get(path)) as { metadata: { uid: string; labels: object }; rules: unknown[] };
    assert.deepEqual(live.metadata.labels, { a: "3" });
    assert.deepEqual(live.rules, [rule("list"), rule("watch")]);
    assert.equal(live.metadata.uid, (uid as { uid: string }).uid);
    assert.deepEqual(changes(await stack.up({ program })), {});
  });

  it("replaces what cannot change: a made-up name before, a chosen name after the old object is gone", async () => {
    const program = (value: string) => async () => {
      const made = new k8s.core.v1.ConfigMap("made", { metadata: metadata(), data: { value } });
      configMap("chosen", { value });
      return { name: made.metadata.name };
    };
    const stack = await sandbox().stack(program("1"));
    const first = (await stack.up()).outputs.name?.value;
    const lines: string[] = [];
    const second = await stack.up({ program: program("2"), onOutput: (line) => lines.push(line) });
    assert.deepEqual(changes(second), { replace: 2 });
    assert.notEqual(second.outputs.name?.value, first);
    assert.equal(await sandbox().exists(sandbox().path("v1", "configmaps", first)), false);
    assert.deepEqual((await sandbox().get(sandbox().path("v1", "configmaps", "chosen"))).data, { value: "2" });
  });

  it("sees what others have changed or deleted on refresh, and puts it right", async () => {
    const stack = await sandbox().stack(
      async () => {
        configMap("drifting", { a: "1" });
        new k8s.rbac.v1.Role("role", { metadata: metadata({ name: "drifting", labels: { l: "1" } }), rules: [] });
      },
      { PULUMI_K8S_ENABLE_CONFIGMAP_MUTABLE: "true" },
    );
    await stack.up();
    const [map, role] = [
      sandbox().path("v1", "configmaps", "drifting"),
      sandbox().path("rbac.authorization.k8s.io/v1", "roles", "drifting"),
    ];
    await sandbox().patch(map, { data: { a: "drifted" } }, "kubectl-edit");
    await sandbox().remove(role);
    assert.deepEqual(changes(await stack.refresh()), { update: 1, delete: 1 });
    assert.deepEqual(changes(await stack.up()), { update: 1, create: 1 });
    assert.deepEqual((await sandbox().get(map)).data, { a: "1" });
    assert.ok(await sandbox().exists(role));
  });

  it("reports a field that another manager holds, with that manager and the remedy, and takes it over when told", async () => {
    const role = (label: string, annotations?: Record<string, string>) => async () => {
      new k8s.rbac.v1.Role("r", {
        metadata: metadata({ name: "contested", labels: { l: label }, annotations }),
        rules: [],
      });
    };
    const stack = await sandbox().stack(role("1"));
    await stack.up();
    await stack.up({ program: role("2") }); // from here on fields are applied, and so owned
    await sandbox().patch(sandbox().path("rbac.authorization.k8s.io/v1", "roles", "contested"), {
      metadata: { labels: { l: "theirs" } },
    });
    const message = await failureOf(stack.up({ program: role("3") }));
    for (const part of ["somebody-else", ".metadata.labels.l", "pulumi.com/patchForce"])
      assert.ok(message.includes(part), `no ${part} in: ${message}`);
    assert.deepEqual(changes(await stack.up({ program: role("3", { "pulumi.com/patchForce": "true" }) })), {
      update: 1,
    });
    const live = await sandbox().get(sandbox().path("rbac.authorization.k8s.io/v1", "roles", "contested"));
    assert.equal((live.metadata as { labels: { l: string } }).labels.l, "3");
  });

  it("does not overwrite an object that exists, and imports it", async () => {
    const body = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "existing" }, data: { a: "1" } };
    await sandbox().post(sandbox().path("v1", "configmaps"), body);
    const stack = await sandbox().stack(async () => {
      configMap("existing", { a: "2" });
    });
    const message = await failureOf(stack.up());
    assert.match(message, /configmaps "existing" already exists/);
    assert.match(message, /upsertExistingObjects/);
    const imported = async () => {
      configMap("existing", { a: "1" }, { import: `${sandbox().namespace}/existing` });
    };
    assert.deepEqual(changes(await stack.up({ program: imported })), { import: 1 });
    const program = async () => {
      configMap("existing", { a: "1" });
    };
    assert.deepEqual(changes(await stack.up({ program })), {});
    assert.deepEqual(changes(await stack.destroy()), { delete: 2 });
  });

  it("reads an object that it does not manage", async () => {
    const stack = await sandbox().stack(async () => {
      const account = k8s.core.v1.ServiceAccount.get("default", `${sandbox().namespace}/default`);
      return { uid: account.metadata.uid };
    });
    await sandbox().eventually("the default ServiceAccount", () =>
      sandbox().exists(sandbox().path("v1", "serviceaccounts", "default")),
    );
    assert.ok((await stack.up()).outputs.uid?.value);
    const missing = await sandbox().stack(async () => {
      k8s.core.v1.ServiceAccount.get("missing", `${sandbox().namespace}/missing`);
    });
    assert.match(await failureOf(missing.up()), /does not exist/);
  });

  it("refuses at preview what the API server refuses, without the secrets in it", async () => {
    const stack = await sandbox().stack(async () => {
      new k8s.core.v1.Service("s", {
        metadata: metadata({ name: "refused" }),
        spec: { ports: [{ port: 80, protocol: pulumi.secret("hunter2") }] },
      });
    });
    const message = await failureOf(stack.preview());
    assert.match(message, /spec\.ports\[0\]\.protocol: Unsupported value: "\[secret\]"/);
    assert.ok(!message.includes("hunter2"));
  });

  it("leaves ignored changes to others", async () => {
    const role = (label: string) => async () => {
      new k8s.rbac.v1.Role(
        "r",
        { metadata: metadata({ name: "ignored", labels: { l: label } }), rules: [] },
        { ignoreChanges: ["metadata.labels.l"] },
      );
    };
    const stack = await sandbox().stack(role("1"));
    await stack.up();
    assert.deepEqual(changes(await stack.up({ program: role("2") })), {});
    const live = await sandbox().get(sandbox().path("rbac.authorization.k8s.io/v1", "roles", "ignored"));
    assert.equal((live.metadata as { labels: { l: string } }).labels.l, "1");
  });

  it("makes a definition and an object of its kind in one go, and waits for neither in the wrong order", async () => {
    const group = `${sandbox().namespace}.example.com`;
    const program = (size: number) => async () => {
      const definition = new k8s.apiextensions.v1.CustomResourceDefinition("crd", {
        metadata: { name: `things.${group}` },
        spec: {
          group,
          scope: "Namespaced",
          names: { plural: "things", singular: "thing", kind: "Thing" },
          versions: [
            {
              name: "v1",
              served: true,
              storage: true,
              schema: { openAPIV3Schema: { type: "object", x_kubernetes_preserve_unknown_fields: true } },
            },
          ],
        },
      });
      new k8s.apiextensions.CustomResource(
        "thing",
        { apiVersion: `${group}/v1`, kind: "Thing", metadata: metadata({ name: "thing" }), spec: { size } },
        { dependsOn: definition },
      );
    };
    const stack = await sandbox().stack(program(1));
    assert.deepEqual(plannedChanges(await stack.preview()), { create: 3 });
    await stack.up();
    assert.deepEqual(plannedChanges(await stack.preview({ program: program(2) })), { update: 1 });
    assert.deepEqual(changes(await stack.up({ program: program(2) })), { update: 1 });
    assert.deepEqual((await sandbox().get(sandbox().path(`${group}/v1`, "things", "thing"))).spec, { size: 2 });
    assert.deepEqual(changes(await stack.refresh()), {});
    await stack.destroy();
    const orphan = await sandbox().stack(async () => {
      new k8s.apiextensions.CustomResource("thing", {
        apiVersion: `${group}/v1`,
        kind: "Thing",
        metadata: metadata({ name: "thing" }),
      });
    });
    assert.deepEqual(plannedChanges(await orphan.preview()), { create: 2 });
  });
}
