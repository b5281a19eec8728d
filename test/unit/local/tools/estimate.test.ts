import assert from "node:assert/strict";
import { about, concurrentBuilds, initialRate, observedRate, workDone } from "../../../../local/tools/estimate";
import { type BuildReport, consoleProgress, duration, progressLine } from "../../../../local/tools/progress";

const gib = 1024 ** 3;

describe("estimate of builds", () => {
  it("builds as many side by side as cores and memory allow", () => {
    assert.equal(concurrentBuilds(1, 64 * gib), 1);
    assert.equal(concurrentBuilds(2, 23 * gib), 2);
    assert.equal(concurrentBuilds(2, 4 * gib), 1);
    assert.equal(concurrentBuilds(4, 16 * gib), 3);
    assert.equal(concurrentBuilds(64, 512 * gib), 4);
    assert.equal(concurrentBuilds(16, 1 * gib), 1);
  });

  it("counts finished builds whole and running ones by their packages", () => {
    const build = { coldSeconds: 100, coldPackages: 1000 };
    assert.equal(workDone(50, []), 50);
    assert.equal(workDone(50, [{ ...build, packages: 0 }]), 50);
    const half = workDone(0, [{ ...build, packages: 500 }]);
    const compiled = workDone(0, [{ ...build, packages: 1000 }]);
    assert.ok(half > 0 && half < compiled);
    assert.ok(compiled < 100, "linking is still to come");
    assert.equal(workDone(0, [{ ...build, packages: 5000 }]), compiled);
  });

  it("believes what it sees more the longer it looks", () => {
    assert.equal(observedRate(0, 0, 1), 1);
    const [soon, later] = [observedRate(5, 10, 1), observedRate(500, 1000, 1)];
    assert.ok(soon < 1 && soon > later);
    assert.ok(Math.abs(later - 0.5) < 0.02);
    assert.ok(observedRate(0, 600, 1) < 0.05, "a machine that gets nothing done is slow");
    assert.ok(initialRate(1) < initialRate(2) && initialRate(2) === 1);
  });

  it("speaks no more precisely than it can know", () => {
    assert.deepEqual([0, 11, 61, 89, 90, 400].map(about), [
      "about 10 s",
      "about 20 s",
      "about 70 s",
      "about 90 s",
      "about 2 min",
      "about 7 min",
    ]);
    assert.deepEqual([0.2, 59.4, 75, 605].map(duration), ["1s", "59s", "1m15s", "10m05s"]);
  });

  it("shows what is done, what is left and what runs", () => {
    const report: BuildReport = {
      event: "tick",
      built: 3,
      total: 13,
      running: [
        { name: "kubernetes", elapsed: 75, packages: 412 },
        { name: "helm", elapsed: 2, packages: 0 },
      ],
      secondsLeft: 300,
    };
    assert.equal(progressLine(report), "3 of 13 tools, about 5 min left · kubernetes 1m15s, 412 packages · helm 2s");
    assert.match(shown(report, true), /3 of 13 tools/);
    assert.equal(shown(report, false), "", "in a log only every half minute");
    const built: BuildReport = { ...report, event: "built", tool: "etcd", seconds: 30 };
    assert.equal(shown(built, false), "etcd: built in 30s (3 of 13, about 5 min left)\n");
  });

  it("keeps its line within the terminal", () => {
    const report: BuildReport = { event: "tick", built: 0, total: 1, running: [], secondsLeft: 9 };
    const running = Array.from({ length: 9 }, (_, i) => ({ name: `tool-${i}`, elapsed: 1, packages: 1 }));
    const text = shown({ ...report, running }, true);
    assert.ok(text.slice(text.lastIndexOf("\x1b[K") + 3).length < 40, text);
  });
});

/** What a stream is given for one report. */
function shown(report: BuildReport, isTTY: boolean): string {
  let text = "";
  const stream = {
    isTTY,
    columns: 40,
    write: (chunk: string) => {
      text += chunk;
      return true;
    },
  };
  consoleProgress(stream as unknown as NodeJS.WriteStream)(report);
  return text;
}
