import * as path from "node:path";
import { cacheDir } from "../state";
import { type BinaryName, providerOf, type ToolSpec } from "./table";

/** Folder of all tools: `<cache>/tools`. */
export function toolsDir(): string {
  return path.join(cacheDir(), "tools");
}

/** Folder of links to every binary, to be put on PATH. */
export function toolsBin(): string {
  return path.join(toolsDir(), "bin");
}

/** Folder a tool is built into. */
export function toolDir(spec: Pick<ToolSpec, "name" | "version">): string {
  return path.join(toolsDir(), `${spec.name}-${spec.version}`);
}

/** File the output of a tool's build is kept in. */
export function buildLog(spec: Pick<ToolSpec, "name" | "version">): string {
  return path.join(cacheDir(), "logs", `build-${spec.name}-${spec.version}.log`);
}

/**
 * Folder of links to the binaries of a tool: {@link toolsBin}, or for a tool that must stay out of it `<cache>/tools/hosts/<name>`,
 * which a caller adds to PATH where it wants the tool found.
 */
export function linkDir(spec: Pick<ToolSpec, "name" | "onPath">): string {
  return spec.onPath === false ? path.join(toolsDir(), "hosts", spec.name) : toolsBin();
}

/** Absolute path of a binary. It exists once `ensureTools` has returned for its tool. */
export function tool(binary: BinaryName): string {
  return path.join(linkDir(providerOf(binary)), binary);
}

/** Folder of the pinned go.mod and go.sum of a tool, in the source tree. */
export function moduleDir(spec: Pick<ToolSpec, "name">): string {
  return path.join(__dirname, "modules", spec.name);
}
