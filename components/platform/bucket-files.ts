import { createHash } from "node:crypto";
import { applyScript } from "./apply-script";
import { type Bucket, streamConfig } from "./bucket-config";
import { type Stream, teamStreamConfig } from "./stream-config";

/** Most bytes of one of the files: the script hands it on as an argument, which Linux ends at 128 KiB, with what clients have turned on. */
export const mostFileBytes = 127 * 1024;

/** Most bytes of all files, as Kubernetes has it of a ConfigMap. */
export const mostFilesBytes = 1024 * 1024;

/**
 * Files that the Job mounts: a stream configuration per bucket (`<bucket>.json`) and per stream (`<stream>.stream.json`: no name of a bucket has a dot),
 * and the script that applies them.
 */
export function bucketFiles(buckets: readonly Bucket[], streams: readonly Stream[] = []): Record<string, string> {
  const configs = [
    ...buckets.map((bucket) => [`${bucket.name}.json`, streamConfig(bucket)] as const),
    ...streams.map((stream) => [`${stream.name}.stream.json`, teamStreamConfig(stream)] as const),
  ].map(([file, config]) => [file, `${requestBody(config)}\n`]);
  return { ...Object.fromEntries(configs), "apply.sh": applyScript };
}

/** JSON in which no text has two braces: `nats request`, which the script calls, takes those for the start of a template and fills it in. */
function requestBody(config: object): string {
  return JSON.stringify(config).replaceAll("{{", "{\\u007b");
}

/** Eight hex digits that change when the files do: a Job cannot be edited, so changed buckets are a Job of a new name. */
export function filesDigest(files: Readonly<Record<string, string>>): string {
  const sorted = Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash("sha256").update(JSON.stringify(sorted)).digest("hex").slice(0, 8);
}
