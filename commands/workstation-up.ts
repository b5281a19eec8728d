import { jsonAsked } from "./json-option";
import { run } from "./run";
import type { Target } from "./target";
import { formatWorkstation } from "./workstation/table";
import { findWorkstation } from "./workstation/target";
import { bringUp } from "./workstation/up";

/** Brings a workstation up, or to its changed configuration, and shows how it is used. */
export async function workstationUp(target: Target, { json }: { readonly json: boolean }): Promise<number> {
  const report = await bringUp(target, json ? process.stderr : process.stdout);
  process.stdout.write(json ? `${JSON.stringify(report)}\n` : formatWorkstation(report));
  return 0;
}

/** `workstation-up [--json]` */
if (require.main === module) run(() => workstationUp(findWorkstation(), { json: jsonAsked() }));
