import { createHash, randomBytes } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import type { Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import * as tar from "tar-stream";
import { type Entry, type FileEntry, layerEntries } from "./layer";

/** What a container engine needs to know to start an image, in the words of the Docker image specification. */
export interface ImageConfig {
  readonly Entrypoint?: readonly string[];
  readonly Cmd?: readonly string[];
  readonly Env?: readonly string[];
  readonly WorkingDir?: string;
  /** Keys such as `4222/tcp`. */
  readonly ExposedPorts?: Readonly<Record<string, Record<string, never>>>;
}

/** A container image before it is packed. Layers go from the lowest to the highest. */
export interface ImageSpec {
  /** Full name as containerd knows it, e.g. `docker.io/library/nats:2.14.2-alpine`. */
  readonly name: string;
  readonly layers: readonly (readonly Entry[])[];
  readonly config: ImageConfig;
}

/** Raised when the packing itself changes, so that archives made by older code are not taken for the same. */
const formatVersion = 1;

/** Every timestamp inside an archive: same inputs, same bytes. */
const epoch = new Date(0);

/**
 * Digest of everything an archive is made of: name, configuration, and the content of every file.
 * @returns 64 hexadecimal digits
 */
export async function inputDigest(spec: ImageSpec): Promise<string> {
  const layers = await Promise.all(
    spec.layers.map((entries) =>
      Promise.all(
        layerEntries(entries).map(async (entry) =>
          entry.type === "file" ? { ...entry, content: await contentDigest(entry) } : entry,
        ),
      ),
    ),
  );
  const inputs = { formatVersion, name: spec.name, architecture: architecture(), config: spec.config, layers };
  return createHash("sha256").update(JSON.stringify(inputs)).digest("hex");
}

/**
 * Packs an image as a docker-archive: a configuration, a tar per layer, and manifest.json. Same inputs give the same bytes.
 * The file appears under its name only when complete.
 */
export async function writeArchive(spec: ImageSpec, archive: string): Promise<void> {
  const work = `${archive}.partial-${process.pid}-${randomBytes(4).toString("hex")}`;
  fs.mkdirSync(work, { recursive: true, mode: 0o700 });
  try {
    const layers: { readonly diffId: string; readonly file: string }[] = [];
    for (const [index, entries] of spec.layers.entries()) {
      const file = path.join(work, `layer-${index}.tar`);
      layers.push({ file, diffId: await writeLayer(entries, file) });
    }
    const config = JSON.stringify({
      architecture: architecture(),
      os: "linux",
      created: epoch.toISOString(),
      config: spec.config,
      rootfs: { type: "layers", diff_ids: layers.map((layer) => `sha256:${layer.diffId}`) },
      history: layers.map(() => ({ created: epoch.toISOString() })),
    });
    const configName = `${createHash("sha256").update(config).digest("hex")}.json`;
    const manifest = [
      { Config: configName, RepoTags: [spec.name], Layers: layers.map((layer) => `${layer.diffId}/layer.tar`) },
    ];

    const pack = tar.pack();
    const complete = path.join(work, "archive.tar");
    const written = pipeline(pack, fs.createWriteStream(complete, { mode: 0o644 }));
    const filled = (async () => {
      for (const { diffId, file } of layers) await packFile(pack, { ...plainFile(`${diffId}/layer.tar`), source: file });
      await packFile(pack, { ...plainFile(configName), content: config });
      await packFile(pack, { ...plainFile("manifest.json"), content: JSON.stringify(manifest) });
      pack.finalize();
    })();
    await Promise.all([filled, written]);
    fs.renameSync(complete, archive);
  } finally {
    fs.rmSync(work, { recursive: true, force: true });
  }
}

/** Writes a layer tar and returns its SHA-256, the layer's diff id. */
async function writeLayer(entries: readonly Entry[], file: string): Promise<string> {
  const hash = createHash("sha256");
  const pack = tar.pack();
  const written = pipeline(
    pack,
    async function* (source: AsyncIterable<Buffer>) {
      for await (const chunk of source) {
        hash.update(chunk);
        yield chunk;
      }
    },
    fs.createWriteStream(file),
  );
  const filled = (async () => {
    for (const entry of layerEntries(entries)) {
      if (entry.type === "file") await packFile(pack, entry);
      else pack.entry({ ...header(entry), linkname: entry.type === "symlink" ? entry.target : null });
    }
    pack.finalize();
  })();
  await Promise.all([filled, written]);
  return hash.digest("hex");
}

/** Adds one file to a tar and waits until it is in it: entries must not overlap. */
async function packFile(pack: tar.Pack, entry: FileEntry): Promise<void> {
  const size = entry.source === undefined ? Buffer.byteLength(entry.content) : fs.statSync(entry.source).size;
  await new Promise<void>((resolve, reject) => {
    const sink: Writable = pack.entry({ ...header(entry), size }, (error) => (error ? reject(error) : resolve()));
    if (entry.source === undefined) sink.end(entry.content);
    else pipeline(fs.createReadStream(entry.source, { highWaterMark: 1 << 20 }), sink).catch(reject);
  });
}

function header(entry: Entry): tar.Headers {
  const { path: name, type, mode, uid } = entry;
  return { name, type, mode, uid, gid: uid, mtime: epoch, uname: "", gname: "" };
}

function plainFile(name: string) {
  return { type: "file", path: name, mode: 0o644, uid: 0 } as const;
}

async function contentDigest(entry: FileEntry): Promise<string> {
  const hash = createHash("sha256");
  if (entry.source === undefined) return hash.update(entry.content).digest("hex");
  await pipeline(fs.createReadStream(entry.source, { highWaterMark: 1 << 20 }), hash);
  return hash.digest("hex");
}

function architecture(): string {
  return process.arch === "x64" ? "amd64" : process.arch;
}
