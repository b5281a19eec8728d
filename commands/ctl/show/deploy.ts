import { join } from "node:path";
import { projectRoot, type Target } from "../../target";
import { tenantUp } from "../../tenant-up";
import { up } from "../../up";
import type { CommandContext } from "../command";

/** Brings a stack up by what its kind is brought up by. */
export async function deploy({ stack, json }: CommandContext): Promise<number> {
  switch (stack.kind) {
    case "environment":
      return up(stack.target, { json });
    case "tenant":
      return tenantUp(stack, { json });
    case "workstation": {
      const { workstationUp } = (await import(join(projectRoot, "commands", "workstation-up"))) as {
        workstationUp(target: Target): Promise<number>;
      };
      return workstationUp(stack.target);
    }
  }
}
