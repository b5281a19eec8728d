import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { build } from "esbuild";
import { cacheDir } from "../state";

/** Providers that have a stand-in here. */
export const standIns = ["kubernetes", "random"] as const;

/**
 * What runs a policy pack written in TypeScript, where Pulumi's own plugin for it, part of its official installation, is not there: as that one
 * does, with the `@pulumi/pulumi` of the pack's folder, in which the engine starts it. What is compiled is kept: half of its start is that.
 */
function policyRunner(): string {
  return `const { enableCompileCache, flushCompileCache } = require("node:module");
enableCompileCache?.(${JSON.stringify(path.join(cacheDir(), "compiled"))});
require(require.resolve("@pulumi/pulumi/cmd/run-policy-pack", { paths: [process.cwd()] }));
// The engine kills it in the end.
setTimeout(() => flushCompileCache?.(), 3_000).unref();
`;
}

/**
 * Folder with the stand-ins as executables (`pulumi-resource-kubernetes`, `pulumi-resource-random`, `pulumi-analyzer-policy-nodejs`), to be put on
 * PATH. Bundled on the first call, and again whenever their sources or recordings change.
 */
export async function pluginPath(): Promise<string> {
  const bundles = await Promise.all(
    standIns.map(async (name) => ({ name: `resource-${name}`, code: await bundle(name) })),
  );
  bundles.push({ name: "analyzer-policy-nodejs", code: policyRunner() });
  const recordings = path.join(__dirname, "kubernetes", "recordings");
  const hash = createHash("sha256").update(process.execPath);
  for (const { code } of bundles) hash.update(code);
  for (const file of filesBelow(recordings)) hash.update(file).update(fs.readFileSync(path.join(recordings, file)));
  const folder = path.join(cacheDir(), "plugins", hash.digest("hex").slice(0, 16));
  if (fs.existsSync(folder)) return folder;

  const partial = `${folder}.partial-${process.pid}`;
  fs.mkdirSync(partial, { recursive: true, mode: 0o700 });
  for (const { name, code } of bundles) {
    fs.writeFileSync(path.join(partial, `${name}.js`), code);
    const program = path.join(folder, `${name}.js`);
    fs.writeFileSync(
      path.join(partial, `pulumi-${name}`),
      `#!/bin/sh\nexec ${quote(process.execPath)} ${quote(program)} "$@"\n`,
      { mode: 0o755 },
    );
  }
  if (fs.existsSync(recordings)) fs.cpSync(recordings, path.join(partial, "recordings"), { recursive: true });
  try {
    fs.renameSync(partial, folder);
  } catch (error) {
    fs.rmSync(partial, { recursive: true });
    if (!fs.existsSync(folder)) throw error; // else another process was faster with the same content
  }
  return folder;
}

/** Whether Pulumi finds an official plugin: one it has installed (`$PULUMI_HOME/plugins`, by default ~/.pulumi) or one on PATH. */
export function officialPluginInstalled(name: string, env: NodeJS.ProcessEnv = process.env): boolean {
  const plugins = path.join(env.PULUMI_HOME || path.join(env.HOME || os.homedir(), ".pulumi"), "plugins");
  const installed = fs.existsSync(plugins)
    ? fs
        .readdirSync(plugins)
        .some((entry) => entry.startsWith(`resource-${name}-v`) && !/\.(lock|partial)$/.test(entry))
    : false;
  const own = path.join(cacheDir(env), "plugins") + path.sep;
  return (
    installed ||
    (env.PATH ?? "")
      .split(path.delimiter)
      .some(
        (folder) =>
          folder !== "" &&
          !`${folder}${path.sep}`.startsWith(own) &&
          fs.existsSync(path.join(folder, `pulumi-resource-${name}`)),
      )
  );
}

async function bundle(name: (typeof standIns)[number]): Promise<string> {
  const result = await build({
    entryPoints: [path.join(__dirname, name, "main.ts")],
    bundle: true,
    platform: "node",
    target: `node${process.versions.node}`,
    format: "cjs",
    minifySyntax: true,
    write: false,
    logLevel: "silent",
  });
  return result.outputFiles[0]?.text ?? "";
}

function filesBelow(folder: string): string[] {
  if (!fs.existsSync(folder)) return [];
  return (fs.readdirSync(folder, { recursive: true }) as string[])
    .filter((file) => fs.statSync(path.join(folder, file)).isFile())
    .sort();
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
