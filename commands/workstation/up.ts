import { runStackOperation } from "../operation";
import { prepare } from "../prepare";
import type { Target } from "../target";
import { type UserLogin, writeLogins } from "./creds-files";
import { workstationOutputs } from "./outputs";
import { answersAt, readyNodeUrls } from "./reach";
import { formatWorkstation } from "./table";

/** A workstation that is up, and how it is used. */
export interface WorkstationReport {
  readonly stack: string;
  readonly context: string;
  readonly namespace: string;
  readonly auth: "jwt" | "static";
  /** For clients outside the cluster: a node's address and port. */
  readonly url: string;
  /** Of the monitoring port, likewise. */
  readonly monitoringUrl: string;
  /** Whether that answers from this machine. */
  readonly reached: boolean;
  /** For clients in the cluster. */
  readonly clusterUrl: string;
  /** Without secrets: files that hold them, or passwords that everybody knows. */
  readonly logins: readonly UserLogin[];
}

/**
 * Brings a workstation up, or to its changed configuration, and the local cluster before it if there is none; waits until it is ready, writes its
 * users' creds files, and shows how it is used.
 * @param json that as one document on standard output, all else on standard error
 * @returns the exit code
 * @throws if the configuration is wrong, Pulumi fails, or the server is not ready in time
 */
export async function workstationUp(target: Target, { json }: { readonly json: boolean }): Promise<number> {
  const report = await bringUp(target, json ? process.stderr : process.stdout);
  process.stdout.write(json ? `${JSON.stringify(report)}\n` : formatWorkstation(report));
  return 0;
}

async function bringUp(target: Target, progress: NodeJS.WriteStream): Promise<WorkstationReport> {
  await prepare(target);
  // A refresh first, so that what was deleted or changed by hand is put right. The table says what outputs would.
  const options = { refresh: true, suppressOutputs: true };
  await runStackOperation(target, (stack, shown) => stack.up({ ...shown, ...options }), progress);
  const { namespace, auth, natsClusterUrl, nodePorts, logins } = await workstationOutputs(target);
  const urls = await readyNodeUrls(target, namespace, nodePorts);
  return {
    stack: target.stack,
    context: target.context,
    namespace,
    auth,
    url: urls.client,
    monitoringUrl: urls.monitoring,
    reached: await answersAt(urls),
    clusterUrl: natsClusterUrl,
    logins: writeLogins(target, logins),
  };
}
