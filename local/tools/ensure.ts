import * as fs from "node:fs";
import * as path from "node:path";
import { linkDir, toolDir } from "./paths";
import { type ToolName, toolSpec } from "./table";
export async function ensureTools(names: readonly ToolName[]): Promise<void> {
  for (const name of names) {
    const spec = toolSpec(name);
    fs.mkdirSync(linkDir(spec), { recursive: true });
    for (const b of Object.keys(spec.binaries)) {
      const l = path.join(linkDir(spec), b);
      if (!fs.existsSync(l)) fs.symlinkSync(path.join(toolDir(spec), b), l);
    }
  }
}
