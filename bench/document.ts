import { type BenchReport, comparisonHead, comparisonRows, peers, toolRows } from "./report";

const toolsBegin = "<!-- tools -->";
const toolsEnd = "<!-- /tools -->";

/**
 * docs/performance.md with the figures of a report.
 * @param previous the document as it is; its times of cold builds stay when this report has none
 */
export function performanceDocument(report: BenchReport, previous: string): string {
  return `# Performance

<!-- Written by \`npm run -s bench -- --write\`: change bench/document.ts, not this file. -->

What this platform costs in time, and what it does in it, each figure beside a peer that was measured in the same run on the same machine.
Times differ between machines; ratios travel better. A figure is the median, in brackets the least and the greatest. A ratio is ours divided by the
peer's, measurement by measurement: for times and latencies less is better, for rates more. *Within noise* means that the median misses the target
while the pairs lie on both sides of it.

## The machine

${markdownTable(["", ""], Object.entries(report.machine))}
${notes(report)}
## Life cycle

${markdownTable(comparisonHead, comparisonRows(report.lifecycle))}
- Images are loaded and tools built before, except under "Tools": *cold* and *from nothing* mean that there is no cluster.
- Every run has a cluster of its own. On it the platform and its peer come and go one after the other, the first one changing from run to run.
- Commands are timed from the start of their process to its end, as a person waits for them.
- The platform is ${report.resources} resources. The peer installs the chart's objects with the same values and nothing else: keys, JWTs, their Secrets,
  NetworkPolicies and buckets are ours alone, and its namespace and its \`nats-auth\` Secret are there before its time begins.
  *Until the servers are ready* is the part that both have in common, with everything that must come before it on our side.
${lifecyclePeers(report)}

## Throughput and latency

The platform (operator mode, creds, NetworkPolicies, limits, metrics exporter) beside the same chart with its default values (no authentication, no
limits), both on the same cluster at the same time, three servers each.

${markdownTable(comparisonHead, comparisonRows(report.throughput))}
- One client program in one pod (bench/client.ts), 256 bytes a message. Every workload runs for a second on one side, then on the other, who comes first
  changing from round to round; a first round is thrown away.
- Streams and the bucket are file storage with three replicas. Their leader is the server the client is connected to, on both sides, so that the number
  of hops is no matter of chance; "two servers" are that one and a second, on another node. The client is on the third. An acknowledged message is stored
  by two of the three servers.
- All servers, Kubernetes and the client share the machine's cores, and the client is one Node.js thread: these are figures to compare, not the limit of a server.

## Tools

${toolsSection(report, previous)}

## To repeat it

\`\`\`sh
make bench                                  # about a quarter of an hour; the machine should have nothing else to do
make bench CHART=/path/to/nats              # with helm as the peer; otherwise the manifests recorded from the chart are applied
make bench TOOLS=cold                       # builds every tool once more, too
npm run -s bench -- --json                  # for programs
npm run -s bench -- --write                 # writes this file
\`\`\`

It works on a local cluster of its own named \`bench\` and takes that down at the end, also after Ctrl-C.
`;
}

function toolsSection({ tools, machine }: BenchReport, previous: string): string {
  const begin = previous.indexOf(toolsBegin);
  const end = previous.indexOf(toolsEnd);
  if (!tools && begin >= 0 && end > begin) return previous.slice(begin, end + toolsEnd.length);
  const body = tools
    ? `Every program the local cluster needs, built from its Go modules with empty caches; the modules' sources had been downloaded (${machine.Date}).
There is no peer: the same compiler builds them in any order. A build that is there already takes no time.

${markdownTable(["tool", "version", "time"], toolRows(tools))}`
    : "Not measured yet: `make bench TOOLS=cold`.";
  return `${toolsBegin}\n${body}\n${toolsEnd}`;
}

function notes({ notes }: BenchReport): string {
  return notes.map((note) => `- ${note}\n`).join("");
}

function lifecyclePeers(report: BenchReport): string {
  const rows = peers({ ...report, throughput: [] }).map(({ name, of }) => `\`${name}\` for ${of.join(" and ")}`);
  return rows.length > 0 ? `- Peers: ${rows.join("; ")}.` : "";
}

function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |\n`;
  return `${line(head)}${line(head.map(() => "---"))}${rows.map(line).join("")}`;
}
