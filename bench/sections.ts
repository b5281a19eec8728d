import type { Comparison } from "./comparison";
import type { LifecycleResult } from "./lifecycle";
import { comparisonTable, markdownTable, peerLine } from "./markdown";
import { peers, toolRows } from "./report";
import type { ToolTimes } from "./tools";

/** What docs/performance.md says of a platform's coming and going. */
export function lifecycleSection({ comparisons, resources }: LifecycleResult): string {
  return `${comparisonTable(comparisons)}
- Images are loaded and tools built before, except under "Tools": *cold* and *from nothing* mean that there is no cluster.
- Every run has a cluster of its own. On it the platform and its peer come and go one after the other, the first one changing from run to run.
- Commands are timed from the start of their process to its end, as a person waits for them.
- The platform is ${resources} resources. The peer installs the chart's objects with the same values and nothing else: keys, JWTs, their Secrets,
  NetworkPolicies and buckets are ours alone, and its namespace and its \`nats-auth\` Secret are there before its time begins.
  *Until the servers are ready* is the part that both have in common, with everything that must come before it on our side.
${peerLine(peers(comparisons))}`;
}

/** What docs/performance.md says of the servers' work. */
export function throughputSection(comparisons: readonly Comparison[]): string {
  return `The platform (operator mode, creds, NetworkPolicies, limits, metrics exporter) beside the same chart with its default values (no authentication, no
limits), both on the same cluster at the same time, three servers each.

${comparisonTable(comparisons)}
- One client program in one pod (bench/client.ts), 256 bytes a message. Every workload runs for a second on one side, then on the other, who comes first
  changing from round to round; a first round is thrown away.
- Streams and the bucket are file storage with three replicas. Their leader is the server the client is connected to, on both sides, so that the number
  of hops is no matter of chance; "two servers" are that one and a second, on another node. The client is on the third. An acknowledged message is stored
  by two of the three servers.
- All servers, Kubernetes and the client share the machine's cores, and the client is one Node.js thread: these are figures to compare, not the limit of a server.`;
}

/** What docs/performance.md says of building the tools. */
export function toolsSection(tools: ToolTimes): string {
  return `Every program the local cluster needs, built from its Go modules with empty caches; the modules' sources had been downloaded.
There is no peer: the same compiler builds them in any order. A build that is there already takes no time.

${markdownTable(["tool", "version", "time"], toolRows(tools)).trimEnd()}`;
}
