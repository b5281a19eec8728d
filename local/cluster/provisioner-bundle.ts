import * as path from "node:path";
import { build } from "esbuild";
import type { ClusterLayout } from "./layout";

/**
 * Bundles the volume provisioner into one JavaScript file that starts in a fraction of a second and needs no source tree.
 * @returns its path, in the cluster's folder
 */
export async function bundleProvisioner(layout: ClusterLayout): Promise<string> {
  const outfile = path.join(layout.controlPlane.dir, "volume-provisioner.js");
  await build({
    entryPoints: [path.join(__dirname, "volume-provisioner.ts")],
    outfile,
    bundle: true,
    platform: "node",
    target: "node20",
    logLevel: "error",
  });
  return outfile;
}
