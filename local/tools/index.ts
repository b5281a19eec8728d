export { ensureTools, type ReadyTool } from "./ensure";
export { linkDir, tool, toolsBin } from "./paths";
export type { BuildProgress, BuildReport } from "./progress";
export { ensureSourceFile, sourceTable } from "./sources";
export { type BinaryName, type Purpose, type ToolName, toolNames, toolSpec } from "./table";
