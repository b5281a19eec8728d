import { join } from "node:path";
import { environmentUp } from "../../environment/up";
import { projectRoot, type Target } from "../../target";
import { tenantUp } from "../../tenant/up";
import type { CommandContext } from "../command";
import { print } from "../output";

/** Brings a stack up by what its kind is brought up by. */
export async function deploy({ stack, json }: CommandContext): Promise<number> {
  switch (stack.kind) {
    case "environment":
      return environmentUp(stack.target, { json });
    case "tenant":
      return tenantUp(stack, { json });
    case "workstation":
      return deployWorkstation(stack.target, json);
  }
}

/** Folder of what a workstation is brought up by. */
const workstation = join(projectRoot, "commands", "workstation");

async function deployWorkstation(target: Target, json: boolean): Promise<number> {
  const { workstationUp } = (await import(join(workstation, "up"))) as {
    workstationUp(target: Target, progress: NodeJS.WriteStream): Promise<object>;
  };
  const { formatWorkstation } = (await import(join(workstation, "table"))) as {
    formatWorkstation(report: object): string;
  };
  const report = await workstationUp(target, json ? process.stderr : process.stdout);
  print(json, report, () => [formatWorkstation(report).trimEnd()]);
  return 0;
}
