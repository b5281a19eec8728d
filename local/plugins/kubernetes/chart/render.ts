import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { parse, stringify } from "yaml";
import { toolsBin } from "../../../tools/paths";
import { findRecording, type Rendering, recordingDigest } from "./recordings";

/** A chart to be rendered: a path on disk, or a name within a repository. */
export interface ChartSource {
  /** Path of a chart's folder or archive, a chart's name, or an oci:// or https:// URL. */
  readonly chart: string;
  /** Empty: the newest. */
  readonly version: string;
  /** URL of the chart repository, if `chart` is a name in it. */
  readonly repository: string;
}

export interface RenderOptions {
  /** Folder of the recordings. */
  readonly recordings: string;
  /** Leave the chart's crds/ folder out. */
  readonly skipCrds: boolean;
  /** Values fit for a message: without secrets. */
  readonly printableValues: Rendering["values"];
  readonly signal?: AbortSignal;
}

const fetchTimeoutMs = 60_000;

/**
 * Renders a chart without its hooks: from disk by helm; else from a recording of the same rendering; else by helm from its repository.
 * @throws {Error} if none of these is possible; the message names the values, and how to record them or point to a chart on disk
 */
export async function renderChart(source: ChartSource, rendering: Rendering, options: RenderOptions): Promise<string> {
  if (isOnDisk(source.chart)) return helmTemplate(source.chart, rendering, [], options);
  const recording = findRecording(options.recordings, rendering);
  if (recording) return recording.manifest;
  try {
    const signal = AbortSignal.any([AbortSignal.timeout(fetchTimeoutMs), ...(options.signal ? [options.signal] : [])]);
    const flags = [
      ...(source.repository ? ["--repo", source.repository] : []),
      ...(source.version ? ["--version", source.version] : []),
    ];
    return await helmTemplate(source.chart, rendering, flags, { ...options, signal });
  } catch (error) {
    throw new Error(noRendering(source, rendering, options, error instanceof Error ? error.message : String(error)));
  }
}

/** Whether a chart is a folder with a Chart.yaml, or an archive, on this machine. */
export function isOnDisk(chart: string): boolean {
  return fs.existsSync(path.join(chart, "Chart.yaml")) || (chart.endsWith(".tgz") && fs.existsSync(chart));
}

/** Name and version of a chart's folder. @throws {Error} if it has no Chart.yaml */
export function chartMetadata(folder: string): { name: string; version: string } {
  const file = path.join(folder, "Chart.yaml");
  if (!fs.existsSync(file)) throw new Error(`"${folder}" is not the folder of a chart: it has no Chart.yaml`);
  return parse(fs.readFileSync(file, "utf8")) as { name: string; version: string };
}

/** `helm template` of a chart, its hooks (tests among them) left out. @throws {Error} with what helm says */
export async function helmTemplate(
  chart: string,
  { release, namespace, values }: Rendering,
  flags: readonly string[],
  { skipCrds, signal }: { skipCrds: boolean; signal?: AbortSignal },
): Promise<string> {
  const crds = skipCrds ? [] : ["--include-crds"];
  const args = ["template", release, chart, "--namespace", namespace, "--no-hooks", ...crds, ...flags, "--values", "-"];
  const env = { ...process.env, PATH: [process.env.PATH, toolsBin()].join(path.delimiter) };
  const helm = spawn("helm", args, { stdio: ["pipe", "pipe", "pipe"], signal, env });
  const [output, errors]: [Buffer[], Buffer[]] = [[], []];
  helm.stdout.on("data", (chunk: Buffer) => output.push(chunk));
  helm.stderr.on("data", (chunk: Buffer) => errors.push(chunk));
  helm.stdin.on("error", () => {}); // it may end without having read the values
  helm.stdin.end(JSON.stringify(values));
  const code = await new Promise<number | null>((resolve, reject) => {
    helm.on("error", (error: NodeJS.ErrnoException) =>
      reject(error.code === "ENOENT" ? new Error("helm is not on PATH; `make tools` builds it") : error),
    );
    helm.on("close", resolve);
  });
  if (code !== 0) throw new Error(Buffer.concat(errors).toString("utf8").trim() || `helm template ended with ${code}`);
  return Buffer.concat(output).toString("utf8");
}

function noRendering(
  source: ChartSource,
  rendering: Rendering,
  { printableValues }: RenderOptions,
  reason: string,
): string {
  const { chart, version, release, namespace } = rendering;
  return [
    `chart ${chart} ${version || "(newest)"}, release ${release}, namespace ${namespace}: no recording has the digest ${recordingDigest(rendering)}, and its repository ${source.repository || source.chart} could not be used: ${reason}`,
    "Either record these values from a copy of the chart:  make chart-record CHART=<path>",
    "or let the program render a chart on disk:  pulumi config set nats-platform:chartPath <path>",
    `The values are:\n${stringify(printableValues)}`,
  ].join("\n");
}
