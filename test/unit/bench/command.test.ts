import assert from "node:assert/strict";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runCommand } from "../../../bench/command";

const node = process.execPath;
const never = new AbortController().signal;

describe("bench/command", () => {
  it("gives what a program wrote and how long it ran, and feeds it its input", async () => {
    const echo = "process.stdin.pipe(process.stdout)";
    const { stdout, seconds, startedAt } = await runCommand(node, ["-e", echo], { input: "text", signal: never });
    assert.equal(stdout, "text");
    assert.ok(seconds > 0 && startedAt <= Date.now());
  });

  it("says what a failed program said, and with which code it ended", async () => {
    const fail = "console.log('first'); console.error('reason'); process.exit(3)";
    await assert.rejects(
      runCommand(node, ["-e", fail], { signal: never }),
      /ended with 3:\n(first\nreason|reason\nfirst)/,
    );
  });

  it("changes the environment, and keeps what make tells its children from another make", async () => {
    const env = { BENCH_TEST: "set", HOME: undefined, MAKEFLAGS: "-n", MAKELEVEL: "1" };
    const print = "console.log(process.env.BENCH_TEST, process.env.HOME, process.env.MAKEFLAGS, process.env.MAKELEVEL)";
    const { stdout } = await runCommand(node, ["-e", print], { env, signal: never });
    assert.equal(stdout, "set undefined undefined undefined\n");
  });

  it("ends a program and what it has started when told to, with the reason given", async () => {
    const abort = new AbortController();
    const folder = mkdtempSync(join(tmpdir(), "bench-command-"));
    const started = join(folder, "started");
    // The child holds the output open: runCommand returns only once both are gone.
    const child = `require("fs").writeFileSync(${JSON.stringify(started)}, ""); setInterval(() => {}, 1000)`;
    const parent = `require("child_process").spawnSync(process.execPath, ["-e", ${JSON.stringify(child)}], { stdio: "inherit" })`;
    const running = runCommand(node, ["-e", parent], { signal: abort.signal });
    while (!existsSync(started)) await new Promise((resolve) => setTimeout(resolve, 10));
    rmSync(folder, { recursive: true });
    abort.abort(new Error("enough"));
    await assert.rejects(running, /^Error: enough$/);
    await assert.rejects(runCommand(node, ["-e", ""], { signal: abort.signal }), /^Error: enough$/);
  });
});
