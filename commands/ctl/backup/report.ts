import { counted, describeError } from "../../../services/text";
import type { MarkedRow } from "../../marked-table";
import { bytes, tableOr } from "../output";

/** How far a long piece of work is. */
export interface Progress {
  readonly stream: string;
  readonly doing: "saving" | "reading" | "checking" | "restoring";
  /** Of `total`, in `unit`. What is saved or restored is compressed, so that it ends before its total. */
  readonly done: number;
  readonly total: number;
  readonly unit: "bytes" | "messages";
}

/** What every piece of work on backups is told. */
export interface WorkOptions {
  /** Names of the streams it is about; a bucket's is `KV_<bucket>`. @default all */
  readonly streams?: readonly string[] | undefined;
  readonly onProgress?: (progress: Progress) => void;
  /** Stops it. Run again it goes on. */
  readonly signal?: AbortSignal | undefined;
}

/** What came of one stream. */
export interface StreamOutcome {
  readonly stream: string;
  readonly outcome:
    | "saved"
    | "unchanged"
    | "configuration only"
    | "gone"
    | "restored"
    | "replaced"
    | "already there"
    | "failed";
  readonly messages: number;
  /** As servers count them: with headers, and more than the messages alone. */
  readonly bytes: number;
  /** What there is to know about it beside, or why it failed. */
  readonly notes: readonly string[];
}

/** What came of a backup or a restore; a document for programs as it is. */
export interface WorkReport {
  /** Whether every stream is as it should be. */
  readonly ok: boolean;
  readonly account: string;
  /** The place of the backup. */
  readonly store: string;
  readonly streams: readonly StreamOutcome[];
  /** Where what was replaced is kept, as a backup of its own; absent if nothing was. */
  readonly replaced?: string;
}

/** What ended a piece of work early, with what had come of it by then. */
export class BrokenOffError extends Error {
  override readonly name = "BrokenOffError";
  readonly report: WorkReport;

  constructor(report: WorkReport, cause: unknown) {
    super(describeError(cause), { cause });
    this.report = { ...report, ok: false };
  }
}

/** The report of what came of streams. */
export function workReport(about: Omit<WorkReport, "ok" | "streams">, streams: readonly StreamOutcome[]): WorkReport {
  return { ok: streams.every(({ outcome }) => outcome !== "failed"), ...about, streams };
}

/** Lines of the report for people: a row for each stream, then what there is to know beside. */
export function reportLines({ ok, account, store, streams, replaced }: WorkReport): string[] {
  const rows = streams.map(
    ({ stream, outcome, messages, bytes: size, notes }): MarkedRow => ({
      mark: outcome === "failed" ? "✗" : notes.length > 0 ? "!" : "✓",
      cells: [stream, outcome, String(messages), bytes(size), notes.join("; ")],
    }),
  );
  const failed = streams.filter(({ outcome }) => outcome === "failed").length;
  // What is not in the backup is nothing to compare a restore with.
  const total = streams.reduce(
    (sum, { outcome, messages }) => (outcome === "configuration only" ? sum : sum + messages),
    0,
  );
  return [
    `account ${account}, ${store}`,
    ...tableOr("no streams", ["stream", "", "messages", "bytes", ""], rows),
    ...(replaced ? [`what was replaced is in ${replaced}`] : []),
    failed > 0
      ? `${failed} of ${streams.length} streams failed`
      : `${counted(streams.length, "stream")}, ${counted(total, "message")} in the backup`,
    ...(ok || failed > 0 ? [] : ["it broke off after these"]),
  ];
}

/** Milliseconds between two lines about the same piece of work. */
const tellEveryMs = 5_000;

/** Tells progress in lines: one when something begins, then how far it is now and then. */
export function progressLines(
  tell: (line: string) => void,
  now: () => number = Date.now,
): (progress: Progress) => void {
  let last = { what: "", at: 0 };
  return ({ stream, doing, done, total, unit }) => {
    const what = `${doing} ${stream}`;
    if (what === last.what && now() - last.at < tellEveryMs) return;
    const so = (count: number) => (unit === "bytes" ? bytes(count) : counted(count, "message"));
    tell(what === last.what ? `${what}: ${so(done)} of ${so(total)}` : `${what}: ${so(total)}`);
    last = { what, at: now() };
  };
}
