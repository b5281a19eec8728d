import type { Cell } from "./cells";

/** What a proof found, and of what. */
export interface ProofReport {
  /** Whether every cell that could be asked is as it should be. */
  readonly ok: boolean;
  readonly run: ProofRun;
  readonly tenants: readonly ProvedTenant[];
  /** Rows of the network's matrix. */
  readonly askers: readonly { readonly row: string; readonly description: string }[];
  /** What was covered and what was not, a sentence each. */
  readonly coverage: readonly string[];
  readonly cells: readonly Cell[];
}

/** Where, when and by what a proof was made. */
export interface ProofRun {
  /** Version of this program. */
  readonly program: string;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly seconds: number;
  /** The environment's stack. */
  readonly stack: string;
  /** URL of the API server. */
  readonly cluster: string;
  readonly context: string;
  /** Versions of Kubernetes, and of every nats-server that answered. */
  readonly kubernetes: string;
  readonly natsServer: readonly string[];
  readonly namespaces: Readonly<Record<"platform" | "tenants" | "monitoring", string>>;
}

/** A tenant that was found. */
export interface ProvedTenant {
  readonly id: string;
  /** Public key of its account. */
  readonly account?: string;
  readonly instances: readonly string[];
  /** User whose creds were used. */
  readonly user?: string;
  readonly role?: string;
}

/** Exit codes of `prove-isolation`, those of `verify`. */
export const exitCodes = { ok: 0, failed: 1, unusable: 2 } as const;

/** `failed` when a cell is wrong; `unusable` when none is, but some were not asked because their probe did not run. */
export function exitCode({ ok, cells }: Pick<ProofReport, "ok" | "cells">): number {
  if (ok) return exitCodes.ok;
  const wrong = cells.some((cell) => !cell.ok && cell.observed !== "not run");
  return wrong ? exitCodes.failed : exitCodes.unusable;
}

/** The last line for people. */
export function summary({ cells, run }: Pick<ProofReport, "cells" | "run">): string {
  const wrong = cells.filter(({ ok }) => !ok);
  const notRun = wrong.filter(({ observed }) => observed === "not run").length;
  const skipped = cells.filter(({ observed }) => observed === "skipped").length;
  const asked = cells.length - skipped - notRun;
  const time = `in ${run.seconds.toFixed(0)} s`;
  const left = [
    ...(notRun > 0 ? [`${notRun} not asked, because their probe did not run`] : []),
    ...(skipped > 0 ? [`${skipped} cannot be asked here`] : []),
  ];
  const tail = left.length > 0 ? `; ${left.join("; ")}` : "";
  const bad = wrong.length - notRun;
  if (bad > 0) return `${bad} of ${asked} cells are wrong ${time}${tail}`;
  return `${asked} of ${asked} cells are as they should be ${time}${tail}`;
}

/** The report for programs. */
export function formatJson(report: ProofReport, indent?: number): string {
  return JSON.stringify(report, undefined, indent);
}

/** The report for programs when nothing could be asked at all. */
export function unusableJson(error: string): string {
  return JSON.stringify({ ok: false, error });
}
