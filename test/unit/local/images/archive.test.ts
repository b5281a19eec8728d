import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import * as tar from "tar-stream";
import { type ImageSpec, inputDigest, writeArchive } from "../../../../local/images/archive";
import { directory, link, program, script, text } from "../../../../local/images/layer";

interface Unpacked {
  readonly header: tar.Header;
  readonly content: Buffer;
}

describe("image archive", () => {
  let root: string;
  let spec: ImageSpec;

  beforeEach(() => {
    root = fs.mkdtempSync(path.join(os.tmpdir(), "nats-platform-images-"));
    const binary = path.join(root, "binary");
    fs.writeFileSync(binary, Buffer.alloc(3_000_000, 7));
    spec = {
      name: "docker.io/library/thing:1.0",
      layers: [
        [text("etc/passwd", "root:x:0:0\n"), directory("tmp", 0o1777), directory("home/nats", 0o755, 1000)],
        [
          program("usr/local/bin/thing", binary),
          link("bin/thing", "/usr/local/bin/thing"),
          script("run.sh", "#!/bin/sh\n"),
        ],
      ],
      config: { Entrypoint: ["/run.sh"], Env: ["A=1"], WorkingDir: "/tmp", ExposedPorts: { "4222/tcp": {} } },
    };
  });
  afterEach(() => fs.rmSync(root, { recursive: true, force: true }));

  const write = async (name: string, of = spec) => {
    const archive = path.join(root, name);
    await writeArchive(of, archive);
    return fs.readFileSync(archive);
  };

  it("holds a manifest, a configuration and layers that belong together", async () => {
    const files = await unpack(await write("a.tar"));
    const [manifest] = json(files, "manifest.json") as [{ Config: string; RepoTags: string[]; Layers: string[] }];
    assert.deepEqual(manifest.RepoTags, ["docker.io/library/thing:1.0"]);
    assert.deepEqual([...files.keys()], [...manifest.Layers, manifest.Config, "manifest.json"]);
    assert.equal(manifest.Config, `${sha256(files.get(manifest.Config)?.content)}.json`);

    const config = json(files, manifest.Config) as Record<string, unknown> & { rootfs: { diff_ids: string[] } };
    assert.deepEqual(config.config, spec.config);
    assert.deepEqual([config.os, config.architecture], ["linux", process.arch === "x64" ? "amd64" : process.arch]);
    assert.deepEqual(
      config.rootfs.diff_ids,
      manifest.Layers.map((layer) => `sha256:${sha256(files.get(layer)?.content)}`),
    );
    assert.deepEqual(fs.readdirSync(root).sort(), ["a.tar", "binary"]);
  });

  it("keeps modes, owners, links and contents, and adds parent folders", async () => {
    const files = await unpack(await write("a.tar"));
    const [manifest] = json(files, "manifest.json") as [{ Layers: string[] }];
    const [base, top] = await Promise.all(
      manifest.Layers.map((layer) => unpack(files.get(layer)?.content ?? Buffer.alloc(0))),
    );
    assert.ok(base && top);
    assert.deepEqual([...base.keys()], ["etc", "etc/passwd", "home", "home/nats", "tmp"]);
    assert.equal(base.get("tmp")?.header.mode, 0o1777);
    assert.deepEqual([base.get("home/nats")?.header.uid, base.get("home/nats")?.header.gid], [1000, 1000]);
    assert.equal(base.get("etc/passwd")?.content.toString(), "root:x:0:0\n");
    assert.equal(top.get("bin/thing")?.header.linkname, "/usr/local/bin/thing");
    assert.equal(top.get("usr/local/bin/thing")?.header.mode, 0o755);
    assert.equal(top.get("usr/local/bin/thing")?.content.length, 3_000_000);
    for (const { header } of [...base.values(), ...top.values()]) assert.equal(header.mtime.getTime(), 0);
  });

  it("is the same, byte for byte, for the same inputs", async () => {
    const first = await write("a.tar");
    fs.utimesSync(path.join(root, "binary"), 1, 1); // when a file was made is no input
    const reordered = { ...spec, layers: spec.layers.map((layer) => [...layer].reverse()) };
    assert.equal(sha256(await write("b.tar", reordered)), sha256(first));
    assert.equal(await inputDigest(reordered), await inputDigest(spec));
  });

  it("has another digest when any input differs", async () => {
    const digest = await inputDigest(spec);
    const [base = [], top = []] = spec.layers;
    const changed: Record<string, ImageSpec> = {
      name: { ...spec, name: "docker.io/library/thing:1.1" },
      environment: { ...spec, config: { ...spec.config, Env: ["A=2"] } },
      mode: { ...spec, layers: [[...base, directory("var", 0o700)], top] },
      text: { ...spec, layers: [[text("etc/group", "x")], top] },
      split: { ...spec, layers: [[...base, ...top]] },
    };
    for (const [what, image] of Object.entries(changed)) assert.notEqual(await inputDigest(image), digest, what);
    fs.writeFileSync(path.join(root, "binary"), Buffer.alloc(3_000_000, 8));
    assert.notEqual(await inputDigest(spec), digest, "content of a program");
  });

  it("leaves nothing behind when an input is missing", async () => {
    const broken = { ...spec, layers: [[program("bin/gone", path.join(root, "gone"))]] };
    await assert.rejects(write("a.tar", broken), { code: "ENOENT" });
    assert.deepEqual(fs.readdirSync(root), ["binary"]);
  });

  it("refuses paths that make no sense in an image", async () => {
    const refused = [
      [[text("/etc/x", "")], /"\/etc\/x" is not accepted/],
      [[text("etc/../x", "")], /"etc\/\.\.\/x" is not accepted/],
      [[text("x", ""), text("x", "")], /"x" appears twice/],
      [[text("x", ""), text("x/y", "")], /"x\/y" lies below "x", which is a file/],
    ] as const;
    for (const [layer, message] of refused) await assert.rejects(write("a.tar", { ...spec, layers: [layer] }), message);
  });
});

async function unpack(archive: Buffer): Promise<Map<string, Unpacked>> {
  const files = new Map<string, Unpacked>();
  const extract = tar.extract();
  extract.end(archive);
  for await (const entry of extract) {
    const chunks: Buffer[] = [];
    for await (const chunk of entry) chunks.push(chunk as Buffer);
    files.set(entry.header.name, { header: entry.header, content: Buffer.concat(chunks) });
  }
  return files;
}

function json(files: ReadonlyMap<string, Unpacked>, name: string): unknown {
  return JSON.parse(files.get(name)?.content.toString() ?? "");
}

function sha256(content: Buffer | undefined): string {
  return createHash("sha256")
    .update(content ?? "")
    .digest("hex");
}
