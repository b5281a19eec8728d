import { comparisonTable } from "../markdown";
import type { AppsResult } from "./result";

/** What docs/performance.md says of apps. */
export function appsSection({ comparisons, clients }: AppsResult): string {
  return `Three clustered nats-servers and one replica or two of the authorization callout, all of them processes of the machine that share its cores with
the clients; the API server is a stand-in in memory. Creds are judged by the same servers in the same run, without the callout.

${comparisonTable(comparisons)}
- A login is the protocol alone, from the first packet to the server's word, over a connection that is closed at once: nothing of a client library is in
  its time. Servers take turns. Each token is one the callout has not seen, so it verifies every signature (RS256, as Kubernetes signs) and signs twice, the user and
  the answer; requests and answers are encrypted.
- *At a time*: each client's next login begins when one has ended. *A second*: logins begin at a steady pace, whether or not those before have ended.
- tweetnacl is how \`@nats-io/nkeys\` signs; the service is the same but for that.
- Back: ${clients.toLocaleString("en-US")} clients of \`clients/typescript\` are connected to one server, which is killed and started again at once; from then until the last has logged in.
  Most of it is the random delay that keeps them from coming all at once; the peer waits by the same rules.
- Wired: two containers of three, twenty variables and three volumes in each template, its arguments checked each time, as in a stack with as many workloads.
  The peer only copies each, which is the least that whoever leaves the first template as it is must do.
- Peers: creds for everything about logins, except beside tweetnacl; \`structuredClone\` for wiring.`;
}
