import * as fs from "node:fs";
import * as path from "node:path";
import type { ImageArchive } from "../images";
import { writePrivateFile } from "../state";
import { run } from "./command";
import type { NodeMachine } from "./layout";
import { containerdSocket } from "./node";
import { waitFor } from "./wait";

/**
 * Loads images into a node's containerd, except those it has from the same archive already.
 * @param pid first process of the node
 * @param ctr absolute path of containerd's client
 */
export async function loadImages(
  node: NodeMachine,
  pid: number,
  ctr: string,
  images: readonly ImageArchive[],
): Promise<void> {
  const record = path.join(node.dir, "images.json");
  const loaded = fs.existsSync(record) ? (JSON.parse(fs.readFileSync(record, "utf8")) as Record<string, string>) : {};
  const wanted = images.filter(({ name, archive }) => loaded[name] !== archive);
  if (wanted.length === 0) return;
  // A node's sockets are in its own /run, which the host reaches through the process.
  const client = ["--address", `/proc/${pid}/root${containerdSocket}`, "--namespace", "k8s.io"];
  await waitFor(async () => void (await run(ctr, [...client, "version"])), {
    what: `containerd of ${node.name}`,
    timeoutMs: 30_000,
    intervalMs: 50,
  });
  for (const { name, archive } of wanted) {
    await run(ctr, [...client, "images", "import", archive]);
    loaded[name] = archive;
    writePrivateFile(record, JSON.stringify(loaded, undefined, 2));
  }
}
