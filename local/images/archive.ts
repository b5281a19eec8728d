import { createHash, randomBytes } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { Transform } from "node:stream";
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

    const complete = path.join(work, "archive.tar");
    await writeTar(complete, async (pack) => {
      for (const { diffId, file } of layers)
        await packFile(pack, { ...plainFile(`${diffId}/layer.tar`), source: file });
      await packFile(pack, { ...plainFile(configName), content: config });
      await packFile(pack, { ...plainFile("manifest.json"), content: JSON.stringify(manifest) });
    });
    fs.renameSync(complete, archive);
  } finally {
    fs.rmSync(work, { recursive: true, force: true });
  }
}

/** Writes a layer tar and returns its SHA-256, the layer's diff id. */
function writeLayer(entries: readonly Entry[], file: string): Promise<string> {
  return writeTar(file, async (pack) => {
    for (const entry of layerEntries(entries)) {
      if (entry.type === "file") await packFile(pack, entry);
      else pack.entry(entry.type === "symlink" ? { ...header(entry), linkname: entry.target } : header(entry));
    }
  });
}

/** Writes what `fill` packs to a file and returns the file's SHA-256. */
async function writeTar(file: string, fill: (pack: tar.Pack) => Promise<void>): Promise<string> {
  const hash = createHash("sha256");
  const hashing = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      done(null, chunk);
    },
  });
  const pack = tar.pack();
  const written = pipeline(pack, hashing, fs.createWriteStream(file, { mode: 0o644 }));
  const filled = fill(pack).then(
    () => pack.finalize(),
    (error: Error) => {
      pack.destroy(error);
      throw error;
    },
  );
  await Promise.all([filled, written]);
  return hash.digest("hex");
}

/** Adds one file to a tar and waits until it is in it: entries must not overlap. */
async function packFile(pack: tar.Pack, entry: FileEntry): Promise<void> {
  if (entry.source === undefined) {
    pack.entry(header(entry), entry.content);
    return;
  }
  const sink = pack.entry({ ...header(entry), size: fs.statSync(entry.source).size });
  await pipeline(
    fs.createReadStream(entry.source, { highWaterMark: 1 << 20 }),
    sink as unknown as NodeJS.WritableStream,
  );
}

function header(entry: Entry) {
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
