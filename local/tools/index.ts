export { linkDir, tool, toolsBin } from "./paths";
export { type BinaryName, type Purpose, type ToolName, toolNames } from "./table";
export { ensureTools } from "./ensure";
