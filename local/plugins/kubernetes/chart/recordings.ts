import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { parse, stringify } from "yaml";
import { isMap, type Value, type ValueMap } from "../../rpc/values";

/** What decides how a chart renders. */
export interface Rendering {
  /** Name of the chart, as in its Chart.yaml. */
  readonly chart: string;
  readonly version: string;
  /** Helm's release name. */
  readonly release: string;
  readonly namespace: string;
  readonly values: ValueMap;
}

/** A rendering and what came of it. */
export interface Recording extends Rendering {
  readonly digest: string;
  readonly manifest: string;
}

/** SHA-256 of the rendering as JSON with sorted keys, in hex: the order of keys makes no difference. */
export function recordingDigest(rendering: Rendering): string {
  const { chart, version, release, namespace, values } = rendering;
  return createHash("sha256")
    .update(JSON.stringify(canonical({ chart, version, release, namespace, values })))
    .digest("hex");
}

function canonical(value: Value): Value {
  if (Array.isArray(value)) return value.map(canonical);
  if (!isMap(value)) return value;
  const entries = Object.entries(value).filter(([, item]) => item !== undefined); // Pulumi does not pass these on
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, item]) => [key, canonical(item)]));
}

/** Where the recordings of a chart are: `<dir>/<chart>-<version>`. */
export function recordingsFolder(dir: string, { chart, version }: Pick<Rendering, "chart" | "version">): string {
  return path.join(dir, `${chart}-${version}`);
}

/** The recording of a rendering, undefined if there is none. */
export function findRecording(dir: string, rendering: Rendering): Recording | undefined {
  const folder = recordingsFolder(dir, rendering);
  if (!fs.existsSync(folder)) return undefined;
  const digest = recordingDigest(rendering);
  for (const file of fs.readdirSync(folder)) {
    if (!file.endsWith(".yaml")) continue;
    const recording = parseRecording(fs.readFileSync(path.join(folder, file), "utf8"), rendering);
    if (recording?.digest === digest) return recording;
  }
  return undefined;
}

const separator = "# ---";

/** A recording as the text of its file: a header of comments that says what was rendered, then the manifest. */
export function formatRecording(rendering: Rendering, manifest: string): string {
  const { release, namespace, values } = rendering;
  const header = stringify(
    { digest: recordingDigest(rendering), release, namespace, values: canonical(values) },
    { lineWidth: 0 },
  );
  const comments = header
    .trimEnd()
    .split("\n")
    .map((line) => `# ${line}`.trimEnd());
  return `${comments.join("\n")}\n${separator}\n${manifest.trim()}\n`;
}

/** Reads a recording back; undefined if the text has no header of one. */
export function parseRecording(
  text: string,
  { chart, version }: Pick<Rendering, "chart" | "version">,
): Recording | undefined {
  const end = text.indexOf(`\n${separator}\n`);
  if (end < 0 || !text.startsWith("# ")) return undefined;
  const header = parse(text.slice(0, end).replace(/^# ?/gm, "")) as Omit<Recording, "chart" | "version" | "manifest">;
  return { chart, version, ...header, manifest: text.slice(end + separator.length + 2) };
}
