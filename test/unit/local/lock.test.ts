import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import * as path from "node:path";
import { withLock } from "../../../local/lock";

describe("lock", () => {
  const subject = `lock test ${process.pid}`;
  const fail = () => assert.fail("nobody else holds the lock");

  it("lets one in at a time and tells the one that waits", async () => {
    const steps: string[] = [];
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const first = withLock(subject, fail, async () => {
      steps.push("first in");
      await held;
      steps.push("first out");
    });
    const second = withLock(
      subject,
      () => {
        steps.push("second waits");
        release();
      },
      async () => {
        steps.push("second in");
      },
    );
    await Promise.all([first, second]);
    assert.deepEqual(steps, ["first in", "second waits", "first out", "second in"]);
  });

  it("is free again after work that failed", async () => {
    await assert.rejects(
      withLock(subject, fail, async () => {
        throw new Error("work failed");
      }),
      /work failed/,
    );
    assert.equal(await withLock(subject, fail, async () => "done"), "done");
  });

  it("is freed by the kernel when its holder is killed", async function () {
    this.timeout(20_000);
    const module = path.join(__dirname, "../../../local/lock.ts");
    const script = `require(${JSON.stringify(module)}).withLock(${JSON.stringify(subject)}, () => {}, () => { console.log("held"); return new Promise((r) => setTimeout(r, 60000)); })`;
    const holder = spawn(process.execPath, ["--require", "@swc-node/register", "-e", script], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    await once(holder.stdout, "data");
    let waited = false;
    await withLock(
      subject,
      () => {
        waited = true;
        holder.kill("SIGKILL");
      },
      async () => {},
    );
    assert.equal(waited, true);
  });

  it("stops waiting when told to", async () => {
    const abort = new AbortController();
    await withLock(subject, fail, async () => {
      await assert.rejects(
        withLock(
          subject,
          () => abort.abort(),
          async () => {},
          abort.signal,
        ),
        { name: "AbortError" },
      );
    });
  });
});
