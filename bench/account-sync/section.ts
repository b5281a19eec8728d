import { comparisonTable, peerLine } from "../markdown";
import { peers } from "../report";
import type { AccountSyncResult } from "./result";

/** What docs/performance.md says of account-sync. */
export function accountSyncSection(result: AccountSyncResult): string {
  const { comparisons, accounts, commandLineAccounts, revocations } = result;
  return `Two replicas, three clustered nats-servers and a tenant's instance, all of them processes of the machine; the API server is a stand-in in memory. The peer
has servers of its own, just like these.

${comparisonTable(comparisons)}
- Pushed: from the first of ${accounts.toLocaleString("en-US")} Secrets until account-sync has every account on every server and has compared what each stores. The peer pushes the same
  JWTs as \`nsc push\` does, at its best: over a connection that is open, the next request at once when all three servers have answered.
  The \`nats\` CLI itself, \`nats request --replies 3\`, pushes ${commandLineAccounts} accounts more.
- Revoked: ${revocations} times a run, with all these accounts there. A user is connected to every server and the instance; from the changed Secret until the last of
  these connections is closed. By hand it is a push to the platform and one to the instance, by somebody who has the new JWT and the connections ready.
- Memory is resident memory of the process.
${peerLine(peers(comparisons))}`;
}
