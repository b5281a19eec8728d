import { environmentUp } from "../../environment/up";
import { tenantUp } from "../../tenant/up";
import { workstationUp } from "../../workstation/up";
import type { CommandContext } from "../command";

/** Brings a stack up by what its kind is brought up by. */
export async function deploy({ stack, json }: CommandContext): Promise<number> {
  switch (stack.kind) {
    case "environment":
      return environmentUp(stack.target, { json });
    case "tenant":
      return tenantUp(stack, { json });
    case "workstation":
      return workstationUp(stack.target, { json });
  }
}
