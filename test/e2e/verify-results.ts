import assert from "node:assert/strict";
import { join } from "node:path";
import { bundle } from "../../commands/bundle";
import { insideChecks } from "../../services/verify/checks";
import type { CheckResult, Expected } from "../../services/verify/contract";

/** The probe as one file of JavaScript. */
export function bundledProbe(): Promise<string> {
  return bundle(join(__dirname, "../../services/verify/main.ts"));
}

/** Names of the failed checks, those left out that were skipped because another failed. */
export function red(results: ReadonlyMap<string, CheckResult>): string[] {
  return [...results.values()].filter(({ ok, detail }) => !ok && !detail.startsWith("skipped")).map(({ name }) => name);
}

export function detail(results: ReadonlyMap<string, CheckResult>, name: string): string {
  return results.get(name)?.detail ?? "";
}

/**
 * A probe is a snapshot, and servers on a busy machine may just then lag behind or answer late, which is red beside what a test is about.
 * What is broken stays broken: one snapshot of three must show exactly that.
 */
export async function oneOfThree(assertion: (attempt: number) => Promise<void>): Promise<void> {
  for (const attempt of [1, 2]) {
    try {
      return await assertion(attempt);
    } catch (error) {
      if (!(error instanceof assert.AssertionError)) throw error;
    }
  }
  await assertion(3);
}

export function assertAllGreen(results: ReadonlyMap<string, CheckResult>, expected: Expected): void {
  const names = insideChecks(expected).map(({ name }) => name);
  assert.deepEqual([...results.keys()].sort(), names.sort());
  assert.deepEqual(
    [...results.values()].filter(({ ok }) => !ok),
    [],
  );
}
