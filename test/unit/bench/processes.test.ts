import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { childrenCpuSeconds, residentMiB } from "../../../bench/processes";

describe("bench/processes", () => {
  it("counts a process with what it has started, and nothing of one that has ended", async () => {
    const alone = residentMiB(process.pid);
    assert.ok(alone > 10);
    const child = spawn(process.execPath, ["-e", "console.log(1); setInterval(() => {}, 1000)"]);
    await once(child.stdout, "data");
    const pid = child.pid ?? assert.fail("it has no id");
    const own = residentMiB(pid);
    assert.ok(own > 10);
    assert.ok(residentMiB(process.pid) > own + 10);
    child.kill();
    await once(child, "exit");
    assert.equal(residentMiB(pid), 0);
  });

  it("knows how long processors have worked for children that have ended", async () => {
    const before = childrenCpuSeconds();
    const work = "const end = Date.now() + 300; while (Date.now() < end);";
    await once(spawn(process.execPath, ["-e", work]), "exit");
    assert.ok(childrenCpuSeconds() > before);
  });
});
