import * as fs from "node:fs";
import * as path from "node:path";
import type { ValueMap } from "../rpc/values";
import { formatRecording, type Rendering, recordingsFolder } from "./chart/recordings";
import { chartMetadata, helmTemplate } from "./chart/render";

export { findRecording, type Rendering, recordingDigest } from "./chart/recordings";
export { chartMetadata, renderChart } from "./chart/render";

/** What to record, and from which chart. */
export interface RecordArgs {
  /** Folder of the chart. */
  readonly chart: string;
  readonly release: string;
  readonly namespace: string;
  /** Values of the release, free of secrets: they are written down. */
  readonly values: ValueMap;
  /** Name of the recording's file, without `.yaml`. */
  readonly name: string;
  /** Version the chart must have. @default whichever it has */
  readonly version?: string;
}

/** Folder of the recordings in this repository. */
export const recordingsDir = path.join(__dirname, "recordings");

/**
 * Renders a chart on disk with the `helm` on PATH and keeps the result for machines that cannot reach the chart's repository.
 * @returns the path of the recording: `<dir>/<chart>-<version>/<name>.yaml`
 * @throws {Error} if the folder is no chart, has another version, or helm does not render it
 */
export async function record(args: RecordArgs, dir = recordingsDir): Promise<string> {
  const { name: chart, version } = chartMetadata(args.chart);
  if (args.version && args.version !== version) {
    throw new Error(`the chart in "${args.chart}" has version ${version}, but ${args.version} is to be recorded`);
  }
  const rendering: Rendering = {
    chart,
    version,
    release: args.release,
    namespace: args.namespace,
    values: args.values,
  };
  const manifest = await helmTemplate(args.chart, rendering, [], { skipCrds: false });
  const folder = recordingsFolder(dir, rendering);
  fs.mkdirSync(folder, { recursive: true });
  const file = path.join(folder, `${args.name}.yaml`);
  fs.writeFileSync(file, formatRecording(rendering, manifest));
  return file;
}
