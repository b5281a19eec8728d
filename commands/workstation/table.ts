import { markedTable } from "../marked-table";
import { natsContextLine } from "../nats-context";
import type { WorkstationReport } from "./up";

/** How a workstation is used, for people. */
export function formatWorkstation(report: WorkstationReport): string {
  const { stack, context, namespace, auth, url, monitoringUrl, clusterUrl, reached, logins } = report;
  const isStatic = auth === "static";
  const titles = ["account", "user", isStatic ? "password" : "creds file"];
  const rows = logins.map(({ account, user, credsFile, password }) => ({
    mark: " ",
    cells: [account, user, credsFile ?? password ?? ""],
  }));
  const contexts = logins.map(({ user, credsFile, password }) => {
    const proof = credsFile ? { creds: credsFile } : { user, password };
    return natsContextLine([context, stack, user], { server: url, ...proof });
  });
  return `${[
    `workstation ${stack} on ${context}, namespace ${namespace}`,
    `  clients          ${url}`,
    `  in the cluster   ${clusterUrl}`,
    `  monitoring       ${monitoringUrl}`,
    "",
    ...markedTable(titles, rows),
    "",
    ...contexts,
    ...(isStatic ? ["", "Everybody knows these passwords: they are for a cluster that nobody else reaches."] : []),
    ...(reached
      ? []
      : ["", `Nothing answers at ${monitoringUrl} from this machine. Until it does: make port-forward STACK=${stack}`]),
  ].join("\n")}\n`;
}
