import type { Field } from "../kernel/field";
import type { Findings } from "../kernel/findings";
import type { KubernetesObject } from "../kernel/object";
import { objectPolicy } from "../kernel/policy";
import { textFiles } from "./files";

/** Kinds of NACK, the JetStream controller. */
const resources = ["Stream", "KeyValue", "ObjectStore"];

/** Most copies that JetStream keeps. */
const most = 5;

interface Settings {
  minReplicas: number;
}

/** How many copies JetStream keeps. */
export const jetstreamReplicas = objectPolicy<Settings>({
  name: "jetstream-replicas",
  description:
    "Streams and buckets that the stack declares have an odd number of copies, enough to go on without one server.",
  reason: "A stream with one copy is away with its server, and gone with its volume; one with two stops with either.",
  severity: "high",
  kinds: [...resources, "ConfigMap"],
  settings: {
    minReplicas: {
      type: "integer",
      minimum: 1,
      maximum: most,
      description: "Fewest copies; 1 where data may be lost, as on a workstation.",
      default: 3,
    },
  },
  check: (object, settings, findings) => {
    if (object.kind === "ConfigMap") return checkFiles(object, settings, findings);
    if (!object.apiVersion.startsWith("jetstream.nats.io/")) return;
    const field = object.root.at("spec", "replicas");
    if (object.isPatch && !field.isThere) return;
    // The controller's own default is one.
    checkCopies(object, field, field.number() ?? 1, settings, findings);
  },
  example: {
    violation: "kind: Stream, spec: { name: orders, replicas: 1 }",
    fix: "kind: Stream, spec: { name: orders, replicas: 3 }",
  },
});

/** Configurations of streams in a ConfigMap, such as a Job applies: JSON as JetStream's API takes it. */
function checkFiles(object: KubernetesObject, settings: Settings, findings: Findings): void {
  findings.each(object, textFiles(object), ({ name, field, text }) => {
    // What is not known yet may be anything; only of JSON it is worth saying.
    if (!field.isKnown && !name.endsWith(".json")) return;
    for (const stream of streamsIn(text())) {
      const copies = stream.num_replicas ?? 1;
      const shown = `stream ${JSON.stringify(stream.name)} with num_replicas ${JSON.stringify(copies)}`;
      checkCopies(object, field, copies, settings, findings, shown);
    }
  });
}

function checkCopies(
  object: KubernetesObject,
  field: Field,
  copies: unknown,
  { minReplicas }: Settings,
  findings: Findings,
  shown?: string,
): void {
  if (typeof copies === "number" && [1, 3, most].includes(copies) && copies >= minReplicas) return;
  const accepted = `must be an odd number of copies from ${minReplicas} to ${most}`;
  findings.add(object, field, accepted, "Keep 3 copies, or 5.", shown);
}

interface Stream {
  readonly name?: unknown;
  readonly num_replicas?: unknown;
}

/** The configurations of streams in a text, if it is JSON; consumers have copies, too, by default as many as their stream. */
export function streamsIn(text: string): Stream[] {
  // Most files are large programs, or other things.
  if (!/^\s*[[{]/.test(text) || !/"(num_replicas|subjects|retention)"/.test(text)) return [];
  try {
    return streamsOf(JSON.parse(text));
  } catch (error) {
    if (error instanceof SyntaxError) return [];
    throw error;
  }
}

function streamsOf(value: unknown): Stream[] {
  if (typeof value !== "object" || value === null) return [];
  const isStream = ("subjects" in value || "num_replicas" in value) && "name" in value && !("ack_policy" in value);
  const isDescribed = isStream && ["num_replicas", "retention", "storage", "max_age"].some((key) => key in value);
  return isDescribed ? [value] : Object.values(value).flatMap(streamsOf);
}
