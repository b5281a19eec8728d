import assert from "node:assert/strict";
import type { CheckResult } from "../../../../services/verify/contract";
import { type Check, runChecks } from "../../../../services/verify/runner";

const passing = (name: string, needs: string[] = []): Check<unknown> => ({
  name,
  needs,
  run: async () => `${name} seen`,
});

const failing = (name: string, error: unknown, needs: string[] = []): Check<unknown> => ({
  name,
  needs,
  run: async () => {
    throw error;
  },
});

const withoutTimes = (results: readonly CheckResult[]) => results.map(({ name, ok, detail }) => ({ name, ok, detail }));

describe("runChecks", () => {
  it("reports what each check saw, in the order given", async () => {
    const results = await runChecks([passing("a"), passing("b")], {});
    assert.deepEqual(withoutTimes(results), [
      { name: "a", ok: true, detail: "a seen" },
      { name: "b", ok: true, detail: "b seen" },
    ]);
  });

  it("skips what needs a failed check, and what needs a skipped one", async () => {
    const results = await runChecks([failing("a", new Error("broken")), passing("b", ["a"]), passing("c", ["b"])], {});
    assert.deepEqual(withoutTimes(results), [
      { name: "a", ok: false, detail: "broken" },
      { name: "b", ok: false, detail: "skipped: needs a" },
      { name: "c", ok: false, detail: "skipped: needs b" },
    ]);
  });

  it("runs what does not depend on each other side by side", async () => {
    let release = () => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    const waiting: Check<unknown> = { name: "waiting", run: async () => released.then(() => "released") };
    const releasing: Check<unknown> = {
      name: "releasing",
      run: async () => {
        release();
        return "did";
      },
    };
    const results = await runChecks([waiting, releasing], {});
    assert.ok(results.every(({ ok }) => ok));
  });

  it("fails a check that hangs, and aborts its signal", async () => {
    let aborted = false;
    const hanging: Check<unknown> = {
      name: "hanging",
      timeoutMs: 20,
      run: (_, signal) => new Promise(() => signal.addEventListener("abort", () => (aborted = true))),
    };
    const [result] = await runChecks([hanging], {});
    assert.equal(result?.ok, false);
    assert.equal(result?.detail, "no answer within 0.02 s");
    assert.ok((result?.ms ?? 0) >= 15);
    assert.ok(aborted);
  });

  it("reports each result as it comes", async () => {
    const reported: string[] = [];
    await runChecks([passing("a"), failing("b", "text")], {}, ({ name }) => reported.push(name));
    assert.deepEqual(reported.sort(), ["a", "b"]);
  });

  it("refuses a check that needs one which does not come before it", async () => {
    await assert.rejects(runChecks([passing("a", ["b"]), passing("b")], {}), /check a needs b/);
  });
});
