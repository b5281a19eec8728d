import { build } from "esbuild";

/** A ConfigMap holds 1 MiB in all; this leaves room for the rest of it. */
const largestBundle = 900 * 1024;

/**
 * A TypeScript program as one file that plain Node runs.
 * @param entry absolute path of its main file
 * @returns CommonJS source
 * @throws Error if it does not compile, or would not fit into a ConfigMap
 */
export async function bundle(entry: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [entry],
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
  if (size > largestBundle) {
    throw new Error(`${entry} is ${size} bytes as a bundle; at most ${largestBundle} fit into its ConfigMap`);
  }
  return code;
}
