import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import type { ImageArchive } from "../images";
import { withLock } from "../lock";
import { cacheDir, makePrivateDir, writePrivateFile } from "../state";
import { tool, toolsBin } from "../tools";
import { run } from "./command";
import { containerdConfiguration, containerdSocket } from "./container-runtime";
import type { Machine } from "./layout";
import { installAgent, powerOff, powerOn, startAgents } from "./machine";
import { waitFor } from "./wait";

/** Files containerd changes in place. All others under its root are written once, so nodes can share them. */
const changingFiles = ["io.containerd.metadata.v1.bolt/meta.db", "io.containerd.snapshotter.v1.overlayfs/metadata.db"];

/** What a containerd root has loaded: name of an image to its archive. Kept in the root itself. */
const recordName = "loaded-images.json";

/**
 * Makes a containerd root with all images loaded and unpacked, once for each set of images; nodes start with copies of it.
 * Loading takes seconds of both cores, a copy takes almost nothing: see {@link copyImageStore}.
 * @returns its folder, in the cache
 */
export async function ensureImageStore(images: readonly ImageArchive[]): Promise<string> {
  const parent = path.join(cacheDir(), "image-store");
  const store = path.join(parent, storeKey(images));
  return withLock(
    parent,
    () => {},
    async () => {
      if (fs.existsSync(store)) return store;
      const dir = path.join(parent, "partial");
      const builder: Machine = { name: "image-store", address: "", dir, logs: path.join(dir, "logs") };
      await powerOff(builder);
      fs.rmSync(parent, { recursive: true, force: true }); // stores of older images too: nodes keep what they linked
      makePrivateDir(dir);
      await build(builder, images);
      fs.renameSync(containerdRoot(builder), store);
      fs.rmSync(dir, { recursive: true, force: true });
      return store;
    },
  );
}

/** Whether a machine has its containerd root. */
export function hasImageStore(machine: Machine): boolean {
  return fs.existsSync(containerdRoot(machine));
}

/** Gives a machine its containerd root with all images. The files are links to the store's where the disk is the same. */
export async function copyImageStore(store: string, machine: Machine): Promise<void> {
  const root = containerdRoot(machine);
  const partial = `${root}.partial`;
  fs.rmSync(partial, { recursive: true, force: true });
  await run("cp", ["--archive", "--link", store, partial]).catch(async () => {
    fs.rmSync(partial, { recursive: true, force: true });
    await run("cp", ["--archive", "--reflink=auto", store, partial]); // the cache is on another disk
  });
  for (const file of [...changingFiles, recordName]) {
    const own = path.join(partial, file);
    const content = fs.readFileSync(own);
    fs.rmSync(own);
    writePrivateFile(own, content);
  }
  fs.renameSync(partial, root);
}

/**
 * Loads images into the containerd of a running machine, except those it has from the same archive already.
 * @param pid first process of the machine
 */
export async function loadImages(machine: Machine, pid: number, images: readonly ImageArchive[]): Promise<void> {
  const record = path.join(containerdRoot(machine), recordName);
  const loaded = fs.existsSync(record) ? (JSON.parse(fs.readFileSync(record, "utf8")) as Record<string, string>) : {};
  const wanted = images.filter(({ name, archive }) => loaded[name] !== archive);
  if (wanted.length === 0) return;
  // A machine's sockets are in its own /run, which the host reaches through the process.
  const client = ["--address", `/proc/${pid}/root${containerdSocket}`, "--namespace", "k8s.io"];
  await waitFor(async () => void (await run(tool("ctr"), [...client, "version"])), {
    what: `containerd of ${machine.name} (its log: ${machine.logs}/containerd.log)`,
    timeoutMs: 30_000,
    intervalMs: 50,
  });
  await Promise.all(wanted.map(({ archive }) => run(tool("ctr"), [...client, "images", "import", archive])));
  for (const { name, archive } of wanted) loaded[name] = archive;
  writePrivateFile(record, JSON.stringify(loaded, undefined, 2));
}

async function build(builder: Machine, images: readonly ImageArchive[]): Promise<void> {
  const config = path.join(builder.dir, "containerd.toml");
  writePrivateFile(config, containerdConfiguration(builder, toolsBin()));
  installAgent(builder, { name: "containerd", command: [tool("containerd"), "--config", config] });
  try {
    const pid = await powerOn(builder, [cacheDir()]);
    startAgents(builder, ["containerd"]);
    await loadImages(builder, pid, images);
  } finally {
    await powerOff(builder);
  }
  // The identity of this containerd; every node makes one of its own.
  fs.rmSync(path.join(containerdRoot(builder), "io.containerd.grpc.v1.introspection"), {
    recursive: true,
    force: true,
  });
}

/** Changes whenever an image or containerd does. */
function storeKey(images: readonly ImageArchive[]): string {
  const archives = images.map(({ name, archive }) => `${name}=${archive}`).sort();
  const parts = [fs.realpathSync(tool("containerd")), ...archives];
  return createHash("sha256").update(parts.join("\n")).digest("hex").slice(0, 16);
}

function containerdRoot(machine: Machine): string {
  return path.join(machine.dir, "containerd");
}
