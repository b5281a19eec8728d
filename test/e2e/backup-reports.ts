import type { Progress, WorkReport } from "../../commands/ctl/backup/report";

/** What came of each stream; of one that failed, why. */
export function outcomes({ streams }: WorkReport): Record<string, string> {
  return Object.fromEntries(
    streams.map(({ stream, outcome, notes }) => [stream, outcome === "failed" ? notes.join() : outcome]),
  );
}

/** Options that stop the work as soon as it is at something. */
export function abortAt(stream: string, doing: Progress["doing"]) {
  const abort = new AbortController();
  const onProgress = (progress: Progress) => {
    if (progress.stream === stream && progress.doing === doing) abort.abort(new Error("stopped"));
  };
  return { signal: abort.signal, onProgress };
}

/** A configuration without what servers add to it. */
export function settings({ metadata = {}, ...rest }: { metadata?: Record<string, string> }) {
  return { ...rest, metadata: Object.keys(metadata).filter((key) => !key.startsWith("_nats.")) };
}
