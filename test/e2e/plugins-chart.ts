import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { chartMetadata } from "../../local/plugins/kubernetes/chart/render";
import { record } from "../../local/plugins/kubernetes/record";
import { changes, failureOf, plannedChanges, type Sandbox } from "./plugins-sandbox";

const files: Record<string, string> = {
  "Chart.yaml": "apiVersion: v2\nname: demo\nversion: 1.2.3\n",
  "values.yaml": "greeting: hello\n",
  "templates/map.yaml":
    'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: "{{ .Release.Name }}-map"}\ndata: {greeting: {{ .Values.greeting | quote }}}\n',
  "templates/secret.yaml":
    'apiVersion: v1\nkind: Secret\nmetadata: {name: "{{ .Release.Name }}-secret", annotations: {helm.sh/resource-policy: keep}}\nstringData: {password: {{ .Values.password | default "none" | quote }}}\n',
  "templates/role.yaml":
    'apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: "{{ .Release.Namespace }}-{{ .Release.Name }}"}\nrules: []\n',
  "templates/test.yaml":
    "apiVersion: v1\nkind: Pod\nmetadata: {name: test, annotations: {helm.sh/hook: test}}\nspec: {containers: [{name: c, image: x}]}\n",
};

/** helm.sh/v4:Chart: each object a resource of its own. */
export function chartTests(sandbox: () => Sandbox): void {
  let folder: string;
  before(() => {
    folder = path.join(sandbox().dir, "demo");
    for (const [name, content] of Object.entries(files)) {
      fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
      fs.writeFileSync(path.join(folder, name), content);
    }
  });

  const chart = (values: pulumi.Inputs, options?: pulumi.ComponentResourceOptions) =>
    new k8s.helm.v4.Chart("chart", { chart: folder, name: "release", namespace: sandbox().namespace, values }, options);

  it("makes a resource of each object but hooks, under the official names, and updates them", async () => {
    const program = (greeting: string) => async () => {
      const { resources } = chart({ greeting, password: "hunter2" });
      return {
        names: resources.apply((all) =>
          pulumi.all(all.map((resource) => (resource as k8s.core.v1.ConfigMap).metadata.name)),
        ),
      };
    };
    const stack = await sandbox().stack(program("hi"));
    assert.deepEqual(plannedChanges(await stack.preview()), { create: 5 });
    const up = await stack.up();
    assert.deepEqual(
      [...((up.outputs.names?.value as string[] | undefined) ?? [])].sort(),
      [`${sandbox().namespace}-release`, "release-map", "release-secret"].sort(),
    );
    const state = sandbox().stateText(stack);
    for (const urn of [
      "kubernetes:helm.sh/v4:Chart::chart",
      `kubernetes:helm.sh/v4:Chart$kubernetes:core/v1:ConfigMap::chart:${sandbox().namespace}/release-map`,
      `kubernetes:helm.sh/v4:Chart$kubernetes:core/v1:Secret::chart:${sandbox().namespace}/release-secret`,
      `kubernetes:helm.sh/v4:Chart$kubernetes:rbac.authorization.k8s.io/v1:ClusterRole::chart:${sandbox().namespace}-release`,
    ]) {
      assert.ok(state.includes(`::plugins-e2e::${urn}"`), `no ${urn}`);
    }
    assert.ok(!state.includes("hunter2") && !state.includes(Buffer.from("hunter2").toString("base64")));
    assert.ok(!(await sandbox().exists(sandbox().path("v1", "pods", "test"))));
    assert.deepEqual(changes(await stack.up({ program: program("hi") })), {});
    assert.deepEqual(changes(await stack.refresh()), {});
    assert.deepEqual(changes(await stack.up({ program: program("bye") })), { replace: 1 });
    assert.deepEqual((await sandbox().get(sandbox().path("v1", "configmaps", "release-map"))).data, {
      greeting: "bye",
    });
    await stack.destroy();
    assert.ok(await sandbox().exists(sandbox().path("v1", "secrets", "release-secret")), "the chart says to keep it");
    await sandbox().remove(sandbox().path("v1", "secrets", "release-secret"));
  });

  it("shows its objects to transforms of the chart and of its parents, and gives them its provider, protection and aliases", async () => {
    const seen: string[] = [];
    const label: pulumi.ResourceTransform = ({ type, props, opts }) => {
      seen.push(type);
      if (type !== "kubernetes:core/v1:ConfigMap") return undefined;
      return { props: { ...props, metadata: { ...props.metadata, labels: { transformed: "yes" } } }, opts };
    };
    const program =
      (name: string, aliases: pulumi.Alias[] = []) =>
      async () => {
        const provider = new k8s.Provider("elsewhere", { namespace: "ignored" });
        const parent = new pulumi.ComponentResource(
          "demo:index:Parent",
          "parent",
          {},
          { providers: [provider], transforms: [label] },
        );
        new k8s.helm.v4.Chart(
          name,
          { chart: folder, name: "release", namespace: sandbox().namespace, values: {}, resourcePrefix: "fixed" },
          { parent, protect: false, aliases },
        );
      };
    const stack = await sandbox().stack(program("one"));
    await stack.up();
    assert.deepEqual([...new Set(seen)].filter((type) => type.startsWith("kubernetes:")).sort(), [
      "kubernetes:core/v1:ConfigMap",
      "kubernetes:core/v1:Secret",
      "kubernetes:helm.sh/v4:Chart",
      "kubernetes:rbac.authorization.k8s.io/v1:ClusterRole",
    ]);
    const live = (await sandbox().get(sandbox().path("v1", "configmaps", "release-map"))) as {
      metadata: { labels: object };
    };
    assert.deepEqual(live.metadata.labels, { transformed: "yes" });
    const { deployment } = await stack.exportStack();
    const resources = deployment.resources as { type: string; provider?: string; parent?: string }[];
    const children = resources.filter(({ type, provider }) => type.startsWith("kubernetes:") && provider);
    assert.equal(children.length, 3);
    for (const { provider } of children) assert.match(provider ?? "", /::pulumi:providers:kubernetes::elsewhere::/);
    // Another name for the chart, the same resources.
    assert.deepEqual(changes(await stack.up({ program: program("two", [{ name: "one" }]) })), {});
    await stack.destroy();
    await sandbox().remove(sandbox().path("v1", "secrets", "release-secret"));
  });

  it("waits with its objects until its inputs are known", async () => {
    const stack = await sandbox().stack(async () => {
      const map = new k8s.core.v1.ConfigMap("m", { metadata: { namespace: sandbox().namespace } });
      chart({ greeting: map.metadata.uid, missing: pulumi.output(map.id) });
    });
    const preview = await stack.preview();
    assert.match(preview.stdout, /Input properties have unknown values/);
    await stack.up();
    await stack.destroy();
    await sandbox().remove(sandbox().path("v1", "secrets", "release-secret"));
  });

  it("refuses what it cannot render, without the secrets of its values", async () => {
    const stack = await sandbox().stack(async () => {
      const values = { open: "shown", password: pulumi.secret("hunter2") };
      const repositoryOpts = { repo: "http://127.0.0.1:9" };
      new k8s.helm.v4.Chart("chart", {
        chart: "absent",
        version: "9.9.9",
        repositoryOpts,
        namespace: sandbox().namespace,
        values,
      });
    });
    const message = await failureOf(stack.preview());
    for (const part of [
      "chart absent 9.9.9",
      "make chart-record CHART=",
      "nats-platform:chartPath",
      "open: shown",
      'password: "[secret]"',
    ]) {
      assert.ok(message.includes(part), `no ${part} in: ${message}`);
    }
    assert.ok(!message.includes("hunter2"));
  });

  it("is recorded with the digest of what was rendered", async () => {
    const dir = path.join(sandbox().dir, "recordings");
    const args = { chart: folder, release: "r", namespace: "n", values: { greeting: "hi" }, name: "one" };
    const file = await record(args, dir);
    assert.equal(path.relative(dir, file), path.join("demo-1.2.3", "one.yaml"));
    assert.match(
      fs.readFileSync(file, "utf8"),
      /^# digest: [0-9a-f]{64}\n# release: r\n# namespace: n\n# values:\n# {3}greeting: hi\n/,
    );
    assert.deepEqual(chartMetadata(folder).version, "1.2.3");
    await assert.rejects(
      record({ ...args, version: "2.0.0" }, dir),
      /has version 1\.2\.3, but 2\.0\.0 is to be recorded/,
    );
    await assert.rejects(record({ ...args, chart: sandbox().dir }, dir), /is not the folder of a chart/);
  });
}
