import assert from "node:assert/strict";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { changes, failureOf, plannedChanges, type Sandbox } from "./plugins-sandbox";

/** Secrets stay secret, whatever the way they take; and the random resources they come from. */
export function secretTests(sandbox: () => Sandbox): void {
  const metadata = (name: string) => ({ name, namespace: sandbox().namespace });

  it("keeps secrets out of the state and of everything that is printed", async () => {
    const plain = { stringData: "hunter2-string", data: "hunter2-data", env: "hunter2-env", label: "hunter2-label" };
    const program = async () => {
      new k8s.core.v1.Secret("from-text", {
        metadata: metadata("from-text"),
        stringData: { password: plain.stringData },
      });
      new k8s.core.v1.Secret("from-base64", {
        metadata: metadata("from-base64"),
        data: { password: Buffer.from(plain.data).toString("base64") },
      });
      new k8s.core.v1.ConfigMap("map", {
        metadata: { ...metadata("map"), labels: { open: "visible", hidden: pulumi.secret(plain.label) } },
      });
      new k8s.apps.v1.Deployment("d", {
        metadata: metadata("secret-env"),
        spec: {
          replicas: 0,
          selector: { matchLabels: { app: "a" } },
          template: {
            metadata: { labels: { app: "a" } },
            spec: { containers: [{ name: "c", image: "x", env: [{ name: "E", value: pulumi.secret(plain.env) }] }] },
          },
        },
      });
    };
    const stack = await sandbox().stack(program);
    const preview = await stack.preview({ diff: true });
    const up = await stack.up({ diff: true });
    const refresh = await stack.refresh();
    const state = sandbox().stateText(stack);
    for (const secret of Object.values(plain)) {
      for (const text of [secret, Buffer.from(secret).toString("base64")]) {
        const places = { state, preview: preview.stdout, up: up.stdout, refresh: refresh.stdout };
        for (const [place, content] of Object.entries(places))
          assert.ok(!content.includes(text), `"${text}" is in the ${place}`);
      }
    }
    assert.ok(state.includes("visible"), "the state is the right file");
    const live = (await sandbox().get(sandbox().path("v1", "secrets", "from-text"))) as { data: { password: string } };
    assert.equal(Buffer.from(live.data.password, "base64").toString(), plain.stringData);
    assert.deepEqual(changes(await stack.up()), {});
    await stack.destroy();
  });

  it("makes outputs of secret inputs secret", async () => {
    const stack = await sandbox().stack(async () => {
      const secret = new k8s.core.v1.Secret("s", { metadata: metadata("outputs"), stringData: { a: "b" } });
      const map = new k8s.core.v1.ConfigMap("m", {
        metadata: metadata("outputs"),
        data: { open: "1", hidden: pulumi.secret("2") },
      });
      return { data: secret.data, name: secret.metadata.name, hidden: map.data.hidden };
    });
    const { outputs } = await stack.up();
    assert.deepEqual(outputs, {
      data: { value: { a: Buffer.from("b").toString("base64") }, secret: true },
      name: { value: "outputs", secret: false },
      hidden: { value: "2", secret: true },
    });
    await stack.destroy();
  });

  it("random: makes values once, anew for other arguments, and secret where they are", async () => {
    const program = (epoch: string) => async () => {
      const keepers = { epoch };
      const bytes = new random.RandomBytes("bytes", { length: 32, keepers });
      const password = new random.RandomPassword("password", { length: 20, keepers });
      const uuid = new random.RandomUuid7("uuid", { keepers });
      const id = new random.RandomId("id", { byteLength: 8, keepers });
      const integer = new random.RandomInteger("integer", { min: 1, max: 1_000_000, keepers });
      return { hex: bytes.hex, password: password.result, uuid: uuid.result, id: id.hex, integer: integer.result };
    };
    const stack = await sandbox().stack(program("1"));
    assert.deepEqual(plannedChanges(await stack.preview()), { create: 6 });
    const first = (await stack.up()).outputs;
    assert.deepEqual(changes(await stack.up()), {});
    assert.deepEqual(changes(await stack.refresh()), {});
    assert.deepEqual(await stack.outputs(), first);
    assert.deepEqual(
      Object.entries(first)
        .filter(([, { secret }]) => secret)
        .map(([name]) => name),
      ["hex", "password"],
    );
    const state = sandbox().stateText(stack);
    for (const secret of [first.hex, first.password]) assert.ok(!state.includes(secret?.value));
    assert.ok(!state.includes(Buffer.from(first.hex?.value, "hex").toString("base64")));

    const lines: string[] = [];
    const second = await stack.up({ program: program("2"), onOutput: (line) => lines.push(line) });
    assert.deepEqual(changes(second), { replace: 5 });
    for (const [name, { value }] of Object.entries(second.outputs)) assert.notEqual(value, first[name]?.value, name);
    await stack.destroy();
  });

  it("random: refuses arguments out of range, and imports", async () => {
    const wrong = await sandbox().stack(async () => {
      new random.RandomBytes("none", { length: 0 });
    });
    assert.match(await failureOf(wrong.preview()), /length must be at least 1; got 0|must be at least 1; got 0/);
    const value = Buffer.alloc(32, 7).toString("base64");
    const imported = (options?: pulumi.CustomResourceOptions) => async () => ({
      base64: new random.RandomBytes("bytes", { length: 32 }, options).base64,
    });
    const stack = await sandbox().stack(imported({ import: value }));
    assert.equal((await stack.up()).outputs.base64?.value, value);
    assert.deepEqual(changes(await stack.up({ program: imported() })), {});
    await stack.destroy();
  });

  it("says clearly that a cluster cannot be reached, and can forget its resources", async () => {
    const server = "http://127.0.0.1:9";
    const nowhere = `current-context: c\ncontexts: [{name: c, context: {cluster: k, user: u}}]\nclusters: [{name: k, cluster: {server: '${server}'}}]\nusers: [{name: u, user: {token: t}}]\n`;
    const program = (kubeconfig: string, deleteUnreachable: boolean) => async () => {
      const provider = new k8s.Provider("p", { kubeconfig, clusterIdentifier: "same", deleteUnreachable });
      new k8s.core.v1.ConfigMap("m", { metadata: metadata("unreachable") }, { provider });
    };
    const stack = await sandbox().stack(program(nowhere, false));
    assert.match(
      await failureOf(stack.up()),
      /configured Kubernetes cluster is unreachable: the API server at http:\/\/127\.0\.0\.1:9 does not answer: .*ECONNREFUSED/,
    );
    await stack.up({ program: program(sandbox().kubeconfig, false) });
    assert.deepEqual(changes(await stack.up({ program: program(nowhere, false) })), { update: 1 });
    assert.match(await failureOf(stack.destroy()), /PULUMI_K8S_DELETE_UNREACHABLE/);
    await stack.up({ program: program(nowhere, true) });
    assert.deepEqual(changes(await stack.destroy()), { delete: 3 });
    assert.ok(await sandbox().exists(sandbox().path("v1", "configmaps", "unreachable")));
  });
}
