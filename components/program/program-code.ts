import { createHash } from "node:crypto";
import { brotliCompressSync, constants } from "node:zlib";

/** Key of the ConfigMap that holds a program. */
export const codeKey = "program.cjs.br";

/** Folder the ConfigMap is mounted at. */
export const codeDir = "/program";

/** Bytes a ConfigMap may hold, less what its other fields take. */
const mostBytes = 1024 * 1024 - 16 * 1024;

/** A program as a ConfigMap carries it. */
export interface ProgramCode {
  /** Brotli, in base64. */
  readonly compressed: string;
  /** SHA-256 of the source, first ten digits: goes into the ConfigMap's name, so that other code is another ConfigMap. */
  readonly digest: string;
}

/**
 * Compresses a program. The same source gives the same bytes.
 * @param name for the error
 * @param code CommonJS source of one file, such as a bundler makes
 * @throws RangeError if it would not fit into a ConfigMap
 */
export function compressProgram(name: string, code: string): ProgramCode {
  const params = { [constants.BROTLI_PARAM_QUALITY]: 9, [constants.BROTLI_PARAM_SIZE_HINT]: Buffer.byteLength(code) };
  const compressed = brotliCompressSync(code, { params });
  if (compressed.length > mostBytes) {
    throw new RangeError(
      `program ${name} is ${compressed.length} bytes when compressed; at most ${mostBytes} fit into its ConfigMap: make it smaller`,
    );
  }
  const digest = createHash("sha256").update(code).digest("hex").slice(0, 10);
  return { compressed: compressed.toString("base64"), digest };
}

/** Command that runs the program whose ConfigMap is mounted at a folder, as Node runs a CommonJS file. */
export function programCommand(dir: string = codeDir): string[] {
  const loader = [
    'const { readFileSync } = require("node:fs"), { brotliDecompressSync } = require("node:zlib");',
    `const code = brotliDecompressSync(readFileSync("${dir}/${codeKey}")).toString();`,
    'const parameters = ["require", "module", "exports", "__filename", "__dirname"], program = { exports: {} };',
    `const run = require("node:vm").compileFunction(code, parameters, { filename: "${dir}/program.cjs" });`,
    `run(require, program, program.exports, "${dir}/program.cjs", "${dir}");`,
  ];
  return ["node", "-e", loader.join("\n")];
}
