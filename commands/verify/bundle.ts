import { join } from "node:path";
import { build } from "esbuild";

/** A ConfigMap holds 1 MiB in all; this leaves room for the rest of it. */
const largestBundle = 900 * 1024;

/**
 * The probe as one file that plain Node runs.
 * @returns CommonJS source
 * @throws Error if it would not fit into a ConfigMap
 */
export async function bundleProbe(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(__dirname, "../../services/verify/main.ts")],
    bundle: true,
    minify: true,
    write: false,
    platform: "node",
    target: "node20",
    format: "cjs",
    legalComments: "none",
    logLevel: "silent",
  });
  const code = outputFiles[0]?.text ?? "";
  const size = Buffer.byteLength(code);
  if (!size || size > largestBundle) {
    throw new Error(`the probe's bundle is ${size} bytes; 1 to ${largestBundle} fit into its ConfigMap`);
  }
  return code;
}
