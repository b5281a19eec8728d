import { build } from "esbuild";

/**
 * A TypeScript program as one file that plain Node 24 runs. The same sources give the same text.
 * @param entry absolute path of its main file
 * @returns CommonJS source
 * @throws Error if it does not compile
 */
export async function bundleProgram(entry: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    minify: true,
    write: false,
    platform: "node",
    target: "node24",
    format: "cjs",
    legalComments: "none",
    logLevel: "silent",
  });
  return outputFiles[0]?.text ?? "";
}
