import { describeError, oneLine } from "../text";
import type { CheckResult } from "./contract";

/** A check as {@link runChecks} runs it. */
export interface Check<Context> {
  readonly name: string;
  /** Checks that must have passed before; this one is skipped, and so failed, if one has not. */
  readonly needs?: readonly string[];
  /** Milliseconds after which the check has failed. @default 20000 */
  readonly timeoutMs?: number;
  /**
   * Looks once, without trying until it turns out well.
   * @returns what was seen, for the detail
   * @throws Error whose message says what is wrong
   */
  run(context: Context, signal: AbortSignal): Promise<string>;
}

/** Ample for a sound platform on a busy machine, short enough that nobody gives up on one that hangs. */
const defaultTimeoutMs = 20_000;

/**
 * Runs checks side by side, each as soon as those it needs have passed, and reports each as it ends.
 * Always ends: a check that hangs is failed by its time-out, and its signal is aborted.
 * @returns the results in the order of `checks`
 */
export async function runChecks<Context>(
  checks: readonly Check<Context>[],
  context: Context,
  report: (result: CheckResult) => void = () => {},
): Promise<CheckResult[]> {
  const running = new Map<string, Promise<CheckResult>>();
  for (const check of checks) {
    const needed = (check.needs ?? []).map((name) => {
      const result = running.get(name);
      if (!result) throw new Error(`check ${check.name} needs ${name}, which is not among the checks before it`);
      return result;
    });
    running.set(check.name, runAfter(needed, check, context, report));
  }
  return Promise.all(running.values());
}

async function runAfter<Context>(
  needed: readonly Promise<CheckResult>[],
  check: Check<Context>,
  context: Context,
  report: (result: CheckResult) => void,
): Promise<CheckResult> {
  const failed = (await Promise.all(needed)).filter((result) => !result.ok).map((result) => result.name);
  const result = failed.length ? skipped(check.name, failed) : await runOne(check, context);
  report(result);
  return result;
}

/** Result of a check that could not be made because others failed. */
export function skipped(name: string, needs: readonly string[]): CheckResult {
  return { name, ok: false, detail: `skipped: needs ${needs.join(", ")}`, ms: 0 };
}

async function runOne<Context>(check: Check<Context>, context: Context): Promise<CheckResult> {
  const started = performance.now();
  const end = (ok: boolean, detail: string): CheckResult => ({
    name: check.name,
    ok,
    detail: oneLine(detail),
    ms: Math.round(performance.now() - started),
  });
  const timeoutMs = check.timeoutMs ?? defaultTimeoutMs;
  const abort = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const expired = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${timeoutMs / 1000} s`)), timeoutMs);
  });
  try {
    return end(true, await Promise.race([check.run(context, abort.signal), expired]));
  } catch (error) {
    return end(false, describeError(error));
  } finally {
    clearTimeout(timer);
    abort.abort();
  }
}
