/** Exit code of the Job's script when another try would not help: it refuses an update, or has waited long enough for the servers. */
export const finalExitCode = 3;

/** How long the Job waits for JetStream of the servers, which start beside it, in seconds: image and volumes included. */
const startSeconds = 300;

/** How long JetStream may put off a request about a bucket because servers are still joining, in seconds. */
const joinSeconds = 60;

/**
 * Creates each bucket and stream, or updates it in place. It runs in the official nats-box image, hence shell; it speaks the JetStream API
 * itself because that answers alike for every version of the CLI. An update that would make the server drop stored values
 * (shorter TTL, less history, a size below what is stored, another retention) is refused while there are any, and whenever it is not known whether there are.
 * Patterns rely on JSON's own form: a quote within a name, subject or other text is written `\"` there, so `"error":{` is a key of the answer, never text.
 * Nothing here relies on `set -e`: that shell forgets it within `$(...)`.
 */
export const applyScript = `set -u
fail() { echo "$1" >&2; exit 1; }
refuse() { echo "$bucket: $1. What is stored would be lost. Put it back, or empty it first: nats stream purge $stream" >&2; exit ${finalExitCode}; }
refuse_ever() { echo "$bucket: $1, which no server does, not even to an empty one. Put it back, or delete it with all that it stores: nats stream rm $stream" >&2; exit ${finalExitCode}; }
wait_until() { end=$(($(date +%s) + $1)); }
again() { [ "$(date +%s)" -lt "$end" ] || { echo "$1" >&2; exit "$code"; }; sleep 0.3; }

# Asks the JetStream API until it answers, and leaves the answer in $answer.
request() {
  while :; do
    answer=$(nats request --raw --timeout 5s "\\$JS.API.$1" "$2" 2>&1) || { again "$bucket: $1: $answer"; continue; }
    case $answer in
      *'"code":503'* | *'"err_code":10005'*) again "$bucket: $1: $answer" ;; # servers are still joining
      *'"err_code":10047'*) fail "$bucket: $1: the servers or the account have no room left for it; buckets that have left the list are kept and count, too: $answer" ;;
      *'"type":"io.nats.jetstream.api.'*) return ;;
      *) fail "$bucket: $1: not an answer of JetStream: $answer" ;;
    esac
  done
}

# A number of the answer about the stream, or of the wanted configuration.
number() {
  value=$(printf '%s' "$2" | grep -o "\\"$1\\":-\\{0,1\\}[0-9][0-9]*" | head -n 1 | cut -d: -f2)
  [ -n "$value" ] || fail "$bucket: there is no $1 in $2"
}

# Likewise a setting that is a word. The first is the stream's own: what clients add as metadata comes last.
word() {
  value=$(printf '%s' "$2" | grep -o "\\"$1\\":\\"[a-z0-9]*\\"" | head -n 1)
  [ -n "$value" ] || fail "$bucket: there is no $1 in $2"
}

# Whether a limit keeps less than another one did; 0 or less is none.
lower() { [ "$1" -gt 0 ] && { [ "$2" -le 0 ] || [ "$1" -lt "$2" ]; }; }

keep_kind() {
  word storage "$wanted"; storage=$value; word storage "$info"
  [ "$storage" = "$value" ] || refuse_ever "the storage is another than before"
  word retention "$wanted"; retention=$value; word retention "$info"
  [ "$retention" != "$value" ] || return 0
  case $retention$value in *'"workqueue"'*) refuse_ever "the retention would change to or from workqueue" ;; esac
  number messages "$info"
  if [ "$value" -gt 0 ]; then refuse "the retention is another than before"; fi
}

keep_values() {
  number messages "$info"; [ "$value" -gt 0 ] || return 0
  number max_age "$wanted"; age=$value; number max_age "$info"
  if lower "$age" "$value"; then refuse "the TTL is shorter than before"; fi
  number max_msgs_per_subject "$wanted"; history=$value; number max_msgs_per_subject "$info"
  if lower "$history" "$value"; then refuse "the history is shorter than before"; fi
  number max_bytes "$wanted"; size=$value; number bytes "$info"
  if lower "$size" "$value"; then refuse "the size limit is below what is stored"; fi
}

# Puts what clients have turned on before what is wanted, of which the last counts: servers take an update whole, and refuse to turn most of these off.
keep_settings() {
  kept=$(printf '%s' "$info" | grep -oE '"(allow_(rollup_hdrs|msg_ttl|msg_counter|msg_schedules|atomic|batched)|deny_(delete|purge))":true|"subject_delete_marker_ttl":[0-9]+|"persist_mode":"async"')
  compression=$(printf '%s' "$info" | grep -o '"compression":"[a-z0-9]*"' | head -n 1)
  kept=$(printf '%s\\n' "$kept" "$compression" | grep . | tr '\\n' ',')
  wanted="{$kept\${wanted#?}"
}

echo "waiting for JetStream"
wait_until ${startSeconds}
code=${finalExitCode}
while :; do
  answer=$(nats request --raw --timeout 500ms '$JS.API.INFO' '' 2>&1)
  case $answer in *'"limits":{'*) break ;; *) again "JetStream does not answer on $NATS_URL: $answer" ;; esac
done

code=1
for file in /buckets/*.json; do
  bucket=$(basename "$file" .json); stream="KV_$bucket"; wanted=$(cat "$file")
  case $bucket in *.stream) bucket=\${bucket%.stream}; stream=$bucket ;; esac
  wait_until ${joinSeconds}
  request "STREAM.INFO.$stream" ''
  info=$answer
  case $info in
    *'"err_code":10059'*) action=CREATE ;; # stream not found
    *'"error":{'*) fail "$bucket: $info" ;;
    *'"config":{'*) keep_kind; keep_values; keep_settings; action=UPDATE ;;
    *) fail "$bucket: not a stream: $info" ;;
  esac
  request "STREAM.$action.$stream" "$wanted"
  case $answer in
    *'"error":{'*) fail "$bucket: $action: $answer" ;;
    *) echo "$bucket: $action ok" ;;
  esac
done
`;
