import { accountSyncSection } from "./account-sync/section";
import { appsSection } from "./apps/section";
import { markdownTable } from "./markdown";
import { type PartName, partNames } from "./parts";
import { policiesSection } from "./policies/section";
import type { BenchReport, PartResults } from "./report";
import { lifecycleSection, throughputSection, toolsSection } from "./sections";
import { tenantsSection } from "./tenants/section";

/** Title of a part's section, and what is in it. */
const sections: {
  readonly [Part in PartName]: {
    readonly title: string;
    readonly text: (result: NonNullable<PartResults[Part]>) => string;
  };
} = {
  lifecycle: { title: "Life cycle", text: lifecycleSection },
  throughput: { title: "Throughput and latency", text: throughputSection },
  tenants: { title: "Tenants", text: tenantsSection },
  "account-sync": { title: "account-sync", text: accountSyncSection },
  apps: { title: "Apps", text: appsSection },
  policies: { title: "Policies", text: policiesSection },
  tools: { title: "Tools", text: toolsSection },
};

/**
 * docs/performance.md with the figures of a report.
 * @param previous the document as it is; sections of parts that the report does not have stay as they are
 */
export function performanceDocument(report: BenchReport, previous: string): string {
  return `# Performance

<!-- Written by \`npm run -s bench -- --write\`: change bench/document.ts and what it imports, not this file. -->

What this platform costs in time, and what it does in it, each figure beside a peer that was measured in the same run on the same machine.
Times differ between machines; ratios travel better. A figure is the median, in brackets the least and the greatest. A ratio is ours divided by the
peer's, measurement by measurement: for times, latencies and memory less is better, for rates more. *Within noise* means that the median misses the
target while the pairs lie on both sides of it.

## The machine

Of the last run. Parts are measured one by one, too; each says when.

${markdownTable(["", ""], Object.entries(report.machine))}
${partNames.map((part) => section(part, report, previous)).join("\n")}
## To repeat it

\`\`\`sh
make bench                                  # three quarters of an hour; the machine should have nothing else to do
make bench PARTS=tenants,account-sync       # some of ${partNames.join(", ")}
make bench PARTS=tools                      # builds every tool once more; left out above
make bench CHART=/path/to/nats              # with helm as the peer; otherwise the manifests recorded from the chart are applied
npm run -s bench -- --json                  # for programs
npm run -s bench -- --write                 # writes this file; sections of parts that are not measured stay as they are
\`\`\`

It works on a local cluster of its own named \`bench\` and takes that down at the end, also after Ctrl-C.
`;
}

function section<Part extends PartName>(part: Part, report: BenchReport, previous: string): string {
  const { title, text } = sections[part];
  const result = report.parts[part];
  const [begin, end] = [`<!-- ${part} -->\n`, `<!-- /${part} -->\n`];
  const body = result
    ? `${measured(report)}\n\n${text(result)}\n`
    : (between(previous, begin, end) ?? unmeasured(part));
  return `## ${title}\n\n${begin}${body}${end}`;
}

/** When, where and beside what a part was measured. */
function measured({ machine, notes }: BenchReport): string {
  return `Measured on ${machine.Date}, ${machine.Processor}${notes.map((note) => `; ${note}`).join("")}.`;
}

function unmeasured(part: PartName): string {
  return `Not measured yet: \`make bench PARTS=${part}\`.\n`;
}

function between(text: string, begin: string, end: string): string | undefined {
  const from = text.indexOf(begin);
  const to = text.indexOf(end);
  return from >= 0 && to > from ? text.slice(from + begin.length, to) : undefined;
}
