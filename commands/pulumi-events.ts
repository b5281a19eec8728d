import type { EngineEvent, StepEventMetadata } from "@pulumi/pulumi/automation";

/** What Pulumi does to a resource, in words; what it leaves as it is, or only looks at, has none. */
const doing: Readonly<Record<string, string>> = {
  create: "creating",
  update: "updating",
  delete: "deleting",
  replace: "replacing",
  "create-replacement": "creating anew",
  "delete-replaced": "deleting the former",
  import: "importing",
};

/** How long a resource may take until its end is told, too, in milliseconds. */
const worthTellingMs = 2_000;

/** Tells a person what an operation does, line by line: what changes, what goes wrong and the sum; not what stays as it is. */
export function eventLines(now: () => number = Date.now): (event: EngineEvent) => string[] {
  const started = new Map<string, number>();
  const problems = new Set<string>();
  return (event) => {
    if (event.resourcePreEvent) {
      const { metadata } = event.resourcePreEvent;
      started.set(key(metadata), now());
      return isTold(metadata) ? [`  ${doing[metadata.op]} ${label(metadata)}`] : [];
    }
    if (event.resOutputsEvent) {
      const { metadata } = event.resOutputsEvent;
      const ms = now() - (started.get(key(metadata)) ?? now());
      return isTold(metadata) && ms > worthTellingMs
        ? [`  ${label(metadata)} done after ${(ms / 1000).toFixed(1)} s`]
        : [];
    }
    if (event.diagnosticEvent) {
      const { severity, message, urn } = event.diagnosticEvent;
      const text = plain(message).trim();
      const told = severity === "error" || severity === "warning" || severity === "info#err";
      if (!told || text === "" || /^using pulumi-(resource|language)-\S+ from \$PATH/.test(text)) return [];
      const about = urn && !urn.includes("pulumi:pulumi:Stack") ? ` ${nameOf(urn)}:` : "";
      const line = `  ${severity === "info#err" ? "" : `${severity}:`}${about} ${text}`;
      // Pulumi reports an error of the program once where it is thrown and once where nothing catches it.
      if (severity !== "info#err" && problems.has(line)) return [];
      problems.add(line);
      return [line];
    }
    if (event.summaryEvent) {
      const counts = Object.entries(event.summaryEvent.resourceChanges).filter(([, count]) => count);
      const sum = counts.map(([operation, count]) => `${count} ${operation === "same" ? "unchanged" : operation}`);
      return [`${sum.join(", ") || "nothing to do"} in ${event.summaryEvent.durationSeconds} s`];
    }
    return [];
  };
}

/** Components are only groups of what changes. */
function isTold({ op, type }: StepEventMetadata): boolean {
  return doing[op] !== undefined && !type.startsWith("nats-platform:") && !type.startsWith("pulumi:");
}

function key({ urn, op }: StepEventMetadata): string {
  return `${op} ${urn}`;
}

function label({ type, urn }: StepEventMetadata): string {
  return `${type.split(":").pop()} ${nameOf(urn)}`;
}

function nameOf(urn: string): string {
  return urn.split("::").pop() ?? urn;
}

/** Pulumi marks colours as `<{%fg 1%}>`. */
function plain(text: string): string {
  return text.replace(/<\{%.*?%\}>/g, "");
}
