import { createHash } from "node:crypto";

/** A key-value bucket of the platform account. */
export interface Bucket {
  /** Letters, digits, `-` and `_`. */
  readonly name: string;
  /** Seconds after which a value is gone. 0: never. */
  readonly ttlSeconds: number;
  /** Bytes that the bucket may hold, per replica. */
  readonly maxBytes: number;
  /** Copies on different servers: 1, 3 or 5. */
  readonly replicas: number;
  /** Revisions kept per key, 1 to 64. */
  readonly history: number;
}

/**
 * JetStream stream configuration of a bucket, as every NATS client makes it: durations in nanoseconds.
 * @see https://github.com/nats-io/nats-architecture-and-design/blob/main/adr/ADR-8.md
 */
export function streamConfig(bucket: Bucket) {
  const second = 1_000_000_000;
  const twoMinutes = 120;
  const duplicateWindow = bucket.ttlSeconds > 0 ? Math.min(bucket.ttlSeconds, twoMinutes) : twoMinutes;
  return {
    name: `KV_${bucket.name}`,
    subjects: [`$KV.${bucket.name}.>`],
    retention: "limits",
    storage: "file",
    discard: "new",
    num_replicas: bucket.replicas,
    max_age: bucket.ttlSeconds * second,
    max_bytes: bucket.maxBytes,
    max_msgs_per_subject: bucket.history,
    max_msgs: -1,
    max_msg_size: -1,
    max_consumers: -1,
    duplicate_window: duplicateWindow * second,
    allow_rollup_hdrs: true,
    allow_direct: true,
    deny_delete: true,
  };
}

/** Files that the buckets' Job mounts: one stream configuration per bucket, and the script that applies them. */
export function bucketFiles(buckets: readonly Bucket[]): Record<string, string> {
  const configs = buckets.map((bucket) => [`${bucket.name}.json`, `${JSON.stringify(streamConfig(bucket))}\n`]);
  return { ...Object.fromEntries(configs), "apply.sh": applyScript };
}

/** Eight hex digits that change when the files do: a Job cannot be edited, so changed buckets are a Job of a new name. */
export function filesDigest(files: Readonly<Record<string, string>>): string {
  const sorted = Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash("sha256").update(JSON.stringify(sorted)).digest("hex").slice(0, 8);
}

/** Exit code of the Job's script when it refuses an update: trying again would not help. */
export const refusedExitCode = 3;

/** How long the Job waits for the servers, which start beside it, in seconds: a little less than Pulumi waits for a Job. */
const startSeconds = 540;

/** How long JetStream may refuse a bucket because servers are still joining, in seconds. */
const joinSeconds = 60;

/**
 * Creates each bucket, or updates it in place. It runs in the official nats-box image, hence shell; it speaks the JetStream API
 * itself because that answers alike for every version of the CLI. An update that would make the server drop stored values
 * (shorter TTL, less history, a size below what is stored) is refused while there are any.
 */
const applyScript = `set -eu
request() { nats request --raw --timeout 5s "\\$JS.API.$1" "$2"; }
answers() { answer=$(nats request --raw --timeout 500ms '$JS.API.INFO' '' 2>&1) || return 1; case $answer in *'"limits"'*) ;; *) return 1 ;; esac; }
number() { printf '%s' "$2" | grep -o "\\"$1\\":-\\{0,1\\}[0-9]*" | head -n 1 | cut -d: -f2; }
refuse() { echo "$bucket: $1. Stored values would be lost. Raise it, or empty the bucket first: nats stream purge $stream" >&2; exit ${refusedExitCode}; }
wait_until() { end=$(($(date +%s) + $1)); }
again() { [ "$(date +%s)" -lt "$end" ] || { echo "$1" >&2; exit 1; }; sleep 0.3; }

wanted_action() {
  info=$(request "STREAM.INFO.$stream" '')
  case $info in
    *'"err_code":10059'*) echo CREATE ;; # stream not found
    *'"error"'*) echo "$bucket: $info" >&2; exit 1 ;;
    *) keep_values >&2; echo UPDATE ;;
  esac
}

keep_values() {
  [ "$(number messages "$info")" -gt 0 ] || return 0
  age=$(number max_age "$wanted"); old=$(number max_age "$info")
  if [ "$age" -gt 0 ] && { [ "$old" -eq 0 ] || [ "$age" -lt "$old" ]; }; then refuse "the TTL is shorter than before"; fi
  [ "$(number max_msgs_per_subject "$wanted")" -ge "$(number max_msgs_per_subject "$info")" ] || refuse "the history is shorter than before"
  [ "$(number max_bytes "$wanted")" -ge "$(number bytes "$info")" ] || refuse "the size limit is below what is stored"
}

echo "waiting for JetStream"
wait_until ${startSeconds}
until answers; do again "JetStream does not answer on $NATS_URL: $answer"; done

wait_until ${joinSeconds}
for file in /buckets/*.json; do
  bucket=$(basename "$file" .json); stream="KV_$bucket"; wanted=$(cat "$file")
  action=$(wanted_action)
  while :; do
    answer=$(request "STREAM.$action.$stream" "$wanted")
    case $answer in
      *'"code":503'* | *'"err_code":10005'*) again "$bucket: $action: $answer" ;; # servers are still joining
      *'"error"'*) echo "$bucket: $action: $answer" >&2; exit 1 ;;
      *) echo "$bucket: $action ok"; break ;;
    esac
  done
done
`;
