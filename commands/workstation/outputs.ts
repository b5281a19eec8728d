import type { Logins } from "../../components/workstation/accounts";
import type { NodePorts } from "../../components/workstation/chart-values";
import { stackOutputs } from "../outputs";
import type { Target } from "../target";

/** What a workstation's stack says of itself. */
export interface WorkstationOutputs {
  readonly namespace: string;
  readonly auth: "jwt" | "static";
  readonly natsClusterUrl: string;
  readonly nodePorts: NodePorts;
  /** Secret. */
  readonly logins: Logins;
}

/** @throws if the workstation is not up */
export async function workstationOutputs(target: Target): Promise<WorkstationOutputs> {
  const outputs = await stackOutputs(target, "namespace", "auth", "natsClusterUrl", "nodePorts", "logins");
  return outputs as unknown as WorkstationOutputs;
}
