import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { dependencyLevels, parseManifest } from "../../../../../local/plugins/kubernetes/chart/manifests";
import {
  findRecording,
  formatRecording,
  parseRecording,
  type Rendering,
  recordingDigest,
  recordingsFolder,
} from "../../../../../local/plugins/kubernetes/chart/recordings";
import { renderChart } from "../../../../../local/plugins/kubernetes/chart/render";
import { nameOf } from "../../../../../local/plugins/kubernetes/objects";
import { recordingsDir } from "../../../../../local/plugins/kubernetes/record";
import type { ValueMap } from "../../../../../local/plugins/rpc/values";

const rendering: Rendering = {
  chart: "demo",
  version: "1.2.3",
  release: "r",
  namespace: "n",
  values: { b: [1, { y: 2, x: "z" }], a: null },
};

describe("plugins: digest of a rendering", () => {
  it("does not depend on the order of keys, nor on keys without a value", () => {
    const reordered = { a: null, b: [1, { x: "z", y: 2 }], c: undefined } as unknown as ValueMap;
    assert.equal(recordingDigest({ ...rendering, values: reordered }), recordingDigest(rendering));
  });

  const others: [string, Partial<Rendering>][] = [
    ["chart", { chart: "other" }],
    ["version", { version: "1.2.4" }],
    ["release", { release: "s" }],
    ["namespace", { namespace: "m" }],
    ["a value", { values: { b: [1, { y: 2, x: "z" }], a: false } }],
    ["the order of a list", { values: { b: [{ y: 2, x: "z" }, 1], a: null } }],
  ];
  for (const [what, other] of others) {
    it(`depends on ${what}`, () =>
      assert.notEqual(recordingDigest({ ...rendering, ...other }), recordingDigest(rendering)));
  }
});

describe("plugins: recordings", () => {
  let dir: string;
  before(() => {
    dir = fs.mkdtempSync(path.join(os.tmpdir(), "recordings-"));
    fs.mkdirSync(recordingsFolder(dir, rendering), { recursive: true });
    fs.writeFileSync(path.join(recordingsFolder(dir, rendering), "one.yaml"), formatRecording(rendering, "kind: A\n"));
    fs.writeFileSync(path.join(recordingsFolder(dir, rendering), "README.yaml"), "no header\n");
  });
  after(() => fs.rmSync(dir, { recursive: true }));

  it("are read as they were written, values with any text included", () => {
    const values = { text: "# a\n---\nb: c", $include: "../x", list: [{ op: "add" }] };
    const recording = parseRecording(
      formatRecording({ ...rendering, values }, "---\nkind: A\n# ---\nkind: B"),
      rendering,
    );
    assert.deepEqual(recording, {
      ...rendering,
      values,
      digest: recordingDigest({ ...rendering, values }),
      manifest: "---\nkind: A\n# ---\nkind: B\n",
    });
  });

  it("are found by their digest", () => {
    assert.equal(findRecording(dir, rendering)?.manifest, "kind: A\n");
    assert.equal(findRecording(dir, { ...rendering, namespace: "m" }), undefined);
    assert.equal(findRecording(dir, { ...rendering, version: "9" }), undefined);
  });

  const options = { skipCrds: false, printableValues: { password: "[secret]", open: "shown" } };
  it("are replayed for a chart that is not on disk", async () => {
    const source = { chart: "demo", version: "1.2.3", repository: "http://127.0.0.1:9/none" };
    assert.equal(await renderChart(source, rendering, { ...options, recordings: dir }), "kind: A\n");
  });

  it("when missing, and the repository cannot be reached, are asked for: values without secrets, the command, the config key", async () => {
    const source = { chart: "demo", version: "1.2.3", repository: "http://127.0.0.1:9/none" };
    const missing = { ...rendering, values: { password: "hunter2" } };
    await assert.rejects(renderChart(source, missing, { ...options, recordings: dir }), ({ message }: Error) => {
      for (const part of [
        "make chart-record CHART=",
        "nats-platform:chartPath",
        "open: shown",
        "demo 1.2.3",
        "http://127.0.0.1:9/none",
      ]) {
        assert.ok(message.includes(part), `${part} is not in: ${message}`);
      }
      return !message.includes("hunter2");
    });
  });

  it("of this repository are what their header says", () => {
    for (const folder of fs.existsSync(recordingsDir) ? fs.readdirSync(recordingsDir) : []) {
      const [, chart = "", version = ""] = /^(.+)-(\d.*)$/.exec(folder) ?? [];
      for (const file of fs.readdirSync(path.join(recordingsDir, folder))) {
        const recording = parseRecording(fs.readFileSync(path.join(recordingsDir, folder, file), "utf8"), {
          chart,
          version,
        });
        assert.ok(recording, `${folder}/${file} has no header`);
        assert.equal(recording.digest, recordingDigest(recording), `${folder}/${file}`);
        assert.ok(parseManifest(recording.manifest).length > 0);
      }
    }
  });
});

describe("plugins: manifests of a chart", () => {
  const object = (kind: string, name: string, rest = ""): string =>
    `apiVersion: v1\nkind: ${kind}\nmetadata: {name: ${name}${rest}}\n`;

  it("are read as Kubernetes reads YAML", () => {
    const [map] = parseManifest(
      `${object("ConfigMap", "a")}data: {mode: 0644, on: yes, time: 12:30, date: 2020-01-01, text: "yes"}`,
    );
    assert.deepEqual(map?.data, { mode: 420, true: true, time: "12:30", date: "2020-01-01", text: "yes" });
  });

  it("are taken apart: documents, lists, empty ones", () => {
    const list = `apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: A, metadata: {name: t}}\n- {apiVersion: v1, kind: B, metadata: {name: u}}\n`;
    const objects = parseManifest(`---\n# nothing\n---\n${object("Secret", "s")}---\n${list}`);
    assert.deepEqual(objects.map(nameOf), ["s", "t", "u"]);
  });

  it("are refused without a name or kind", () => {
    assert.throws(() => parseManifest("apiVersion: v1\nkind: A\nmetadata: {}\n"), /metadata.name/);
    assert.throws(() => parseManifest("apiVersion: v1\nmetadata: {name: a}\n"), /require a kind/);
    assert.throws(() => parseManifest("a: b: c"), /not valid YAML/);
  });

  it("are ordered by what they need: namespace, definition of their kind, what they name", () => {
    const dependsOn = ", namespace: ns, annotations: {config.kubernetes.io/depends-on: /namespaces/ns/ConfigMap/first}";
    const crd =
      "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: crd}\nspec: {group: g.io, names: {kind: Thing}}\n";
    const manifest = [
      object("ConfigMap", "second", dependsOn),
      object("ConfigMap", "first", ", namespace: ns"),
      "apiVersion: g.io/v1\nkind: Thing\nmetadata: {name: thing}\n",
      object("Namespace", "ns"),
      crd,
    ].join("---\n");
    assert.deepEqual(
      dependencyLevels(parseManifest(manifest)).map((level) => level.map(nameOf)),
      [["ns", "crd"], ["first", "thing"], ["second"]],
    );
  });

  it("are refused when they need each other", () => {
    const needs = (name: string): string =>
      `, namespace: ns, annotations: {config.kubernetes.io/depends-on: /namespaces/ns/A/${name}}`;
    assert.throws(
      () => dependencyLevels(parseManifest(`${object("A", "v", needs("w"))}---\n${object("A", "w", needs("v"))}`)),
      /circle: A v, A w/,
    );
  });
});
