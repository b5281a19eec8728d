import { bundleProgram } from "../stacks/bundle";

/** A ConfigMap holds 1 MiB in all; this leaves room for the rest of it. */
const largestBundle = 900 * 1024;

const bundles = new Map<string, Promise<string>>();

/**
 * A TypeScript program as one file that plain Node runs, small enough for a ConfigMap as it is. Made once for all its pods.
 * @param entry absolute path of its main file
 * @returns CommonJS source
 * @throws Error if it does not compile, or would not fit into a ConfigMap
 */
export function bundle(entry: string): Promise<string> {
  const made = bundles.get(entry) ?? makeBundle(entry);
  bundles.set(entry, made);
  return made;
}

async function makeBundle(entry: string): Promise<string> {
  const code = await bundleProgram(entry);
  const size = Buffer.byteLength(code);
  if (size > largestBundle) {
    throw new Error(`${entry} is ${size} bytes as a bundle; at most ${largestBundle} fit into its ConfigMap`);
  }
  return code;
}
