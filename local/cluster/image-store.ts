import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import type { ImageArchive } from "../images";
import { cacheDir, makePrivateDir } from "../state";
import { tool, toolsBin } from "../tools";
import { run } from "./command";
import { containerdConfiguration, containerdSocket } from "./container-runtime";
import type { Machine } from "./layout";
import { withLock } from "./lock";
import { installAgent, powerOff, powerOn, startAgents } from "./machine";
import { waitFor } from "./wait";

/** Files containerd changes in place. All others under its root are written once, so nodes can share them. */
const changingFiles = /\.db$/;

/**
 * Makes a containerd root with all images loaded and unpacked, once for each set of images; nodes start with copies of it.
 * Importing takes seconds of both cores, a copy takes almost nothing: see {@link copyImageStore}.
 * @returns its folder, in the cache
 */
export async function ensureImageStore(images: readonly ImageArchive[]): Promise<string> {
  const parent = path.join(cacheDir(), "image-store");
  const store = path.join(parent, storeKey(images));
  return withLock(
    `nats-platform/${cacheDir()}/image-store`.slice(0, 100),
    () => {},
    async () => {
      if (fs.existsSync(store)) return store;
      const builder: Machine = {
        name: "image-store",
        address: "", // nothing to talk to
        dir: path.join(parent, "partial"),
        logs: path.join(parent, "partial", "logs"),
      };
      await powerOff(builder);
      fs.rmSync(parent, { recursive: true, force: true }); // stores of older images too: nodes keep what they linked
      makePrivateDir(builder.dir);
      try {
        await loadImages(builder, images);
      } finally {
        await powerOff(builder);
      }
      const root = path.join(builder.dir, "containerd");
      // The identity of this containerd; each node makes one of its own.
      fs.rmSync(path.join(root, "io.containerd.grpc.v1.introspection"), { recursive: true, force: true });
      fs.renameSync(root, store);
      fs.rmSync(builder.dir, { recursive: true, force: true });
      return store;
    },
  );
}

/** Whether a node has its containerd root. */
export function hasImageStore(nodeDir: string): boolean {
  return fs.existsSync(path.join(nodeDir, "containerd"));
}

/** Gives a node its containerd root with all images. Its files are links to the store's where the disk is the same. */
export async function copyImageStore(store: string, nodeDir: string): Promise<void> {
  const root = path.join(nodeDir, "containerd");
  const partial = `${root}.partial`;
  fs.rmSync(partial, { recursive: true, force: true });
  await run("cp", ["--archive", "--link", store, partial]).catch(async () => {
    fs.rmSync(partial, { recursive: true, force: true });
    await run("cp", ["--archive", "--reflink=auto", store, partial]); // the cache is on another disk
  });
  for (const file of fs.readdirSync(partial, { recursive: true, encoding: "utf8" })) {
    if (!changingFiles.test(file) || file.includes("snapshots/")) continue;
    const own = path.join(partial, file);
    const content = fs.readFileSync(own);
    fs.rmSync(own);
    fs.writeFileSync(own, content, { mode: 0o600 });
  }
  fs.renameSync(partial, root);
}

/** Changes whenever an image or containerd does. */
function storeKey(images: readonly ImageArchive[]): string {
  const parts = [
    fs.realpathSync(tool("containerd")),
    ...images.map(({ name, archive }) => `${name}=${archive}`).sort(),
  ];
  return createHash("sha256").update(parts.join("\n")).digest("hex").slice(0, 16);
}

async function loadImages(builder: Machine, images: readonly ImageArchive[]): Promise<void> {
  const config = path.join(builder.dir, "containerd.toml");
  fs.writeFileSync(config, containerdConfiguration(builder, toolsBin()));
  installAgent(builder, { name: "containerd", command: [tool("containerd"), "--config", config] });
  const pid = await powerOn(builder, [cacheDir()]);
  startAgents(builder, ["containerd"]);
  // A machine's sockets are in its own /run, which the host reaches through the process.
  const client = ["--address", `/proc/${pid}/root${containerdSocket}`, "--namespace", "k8s.io"];
  await waitFor(async () => void (await run(tool("ctr"), [...client, "version"])), {
    what: `containerd for the images (see ${builder.logs})`,
    timeoutMs: 30_000,
    intervalMs: 50,
  });
  await Promise.all(images.map(({ archive }) => run(tool("ctr"), [...client, "images", "import", archive])));
}
