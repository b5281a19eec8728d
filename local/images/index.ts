import * as fs from "node:fs";
import * as path from "node:path";
import { cacheDir, makePrivateDir } from "../state";
import { ensureTools, toolNames } from "../tools";
import { type ImageSpec, inputDigest, writeArchive } from "./archive";
import { hostFiles } from "./host";
import { imageSpecs } from "./table";

export { corednsImage, exporterImage, natsBoxImage, natsImage, nodeImage, pauseImage, reloaderImage } from "./table";

/** A container image as a file that `ctr images import` takes. */
export interface ImageArchive {
  /** Full name, e.g. `docker.io/library/nats:2.14.2-alpine`. */
  readonly name: string;
  /** Absolute path of the docker-archive tar; its name holds the digest of the inputs, so an unchanged path is an unchanged image. */
  readonly archive: string;
}

/**
 * Makes every image the local cluster needs, without a container engine or a registry, and the tools they are made of.
 * Archives are kept in `<cache>/images` and made again only when an input has changed.
 * @throws {Error} if a tool, busybox or the pinned Node.js is missing and cannot be made; the message says how to get it
 */
export async function ensureImages(): Promise<ImageArchive[]> {
  const host = await hostFiles();
  await ensureTools(toolNames("images"));
  return Promise.all(imageSpecs(host).map(ensureArchive));
}

async function ensureArchive(spec: ImageSpec): Promise<ImageArchive> {
  const dir = path.join(cacheDir(), "images");
  makePrivateDir(dir);
  const archive = path.join(dir, `${fileName(spec.name)}-${(await inputDigest(spec)).slice(0, 16)}.tar`);
  if (!fs.existsSync(archive)) await writeArchive(spec, archive);
  return { name: spec.name, archive };
}

/** `docker.io/library/nats:2.14.2-alpine` → `nats-2.14.2-alpine`. */
function fileName(image: string): string {
  return (image.split("/").at(-1) ?? image).replace(":", "-");
}
