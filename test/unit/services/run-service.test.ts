import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { join } from "node:path";

/** A program that runs a service as it is told: its log, and how it ended. */
function run(start: string, onLine: (line: string, end: (signal: NodeJS.Signals) => void) => void = () => {}) {
  const services = join(__dirname, "..", "..", "..", "services");
  const program = `
    const { runService } = require(${JSON.stringify(join(services, "run-service.ts"))});
    const { createLog } = require(${JSON.stringify(join(services, "log.ts"))});
    const server = require("node:http").createServer().listen(0, "127.0.0.1");
    const log = createLog((line) => process.stdout.write(line + "\\n"));
    const stop = async () => log.info("stopped");
    runService(log, async () => { ${start} });
  `;
  const child = spawn(process.execPath, ["--require", "@swc-node/register", "--eval", program], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let out = "";
  let err = "";
  child.stderr.on("data", (data) => (err += data));
  child.stdout.on("data", (data) => {
    out += data;
    onLine(String(data), (signal) => child.kill(signal));
  });
  return new Promise<{ code: number | null; lines: { message: string; reason?: string }[]; err: string }>((resolve) => {
    child.on("close", (code) =>
      resolve({
        code,
        lines: out
          .split("\n")
          .filter(Boolean)
          .map((line) => JSON.parse(line)),
        err,
      }),
    );
  });
}

const seed = `SUA${"A".repeat(55)}`;
/** Is ready once it hears signals. */
const ready = 'setImmediate(() => log.info("ready")); return { server, stop };';
const kill = (signal: NodeJS.Signals) => (line: string, end: (signal: NodeJS.Signals) => void) => {
  if (line.includes("ready")) end(signal);
};

describe("a service's process", function () {
  this.timeout(60_000);

  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    it(`ends in order at ${signal}`, async () => {
      const { code, lines, err } = await run(ready, kill(signal));
      assert.deepEqual([code, err], [0, ""]);
      assert.deepEqual(
        lines.map(({ message }) => message),
        ["ready", "ending", "stopped"],
      );
    });
  }

  const faults: [string, string, string][] = [
    ["it cannot start", `throw new Error("no port ${seed}");`, "cannot start"],
    ["its work fails", `return { server, stop, work: Promise.reject(new Error("no port ${seed}")) };`, "cannot go on"],
    [
      "an error is caught by nobody",
      `setTimeout(() => { throw new Error("no port ${seed}"); }); ${ready}`,
      "unexpected error",
    ],
    ["a rejection is caught by nobody", `Promise.reject(new Error("no port ${seed}")); ${ready}`, "unexpected error"],
  ];
  for (const [what, start, message] of faults) {
    it(`ends with code 1, the reason in one line and no secret when ${what}`, async () => {
      const { code, lines, err } = await run(start);
      assert.deepEqual([code, err], [1, ""]);
      const last = lines.at(-1);
      assert.equal(last?.message, message);
      assert.match(last?.reason ?? "", /^no port (?!SUA)\S+$/);
    });
  }

  it("ends with code 1 when it cannot end in order", async () => {
    const broken = ready.replace("stop }", 'stop: () => Promise.reject(new Error("stuck")) }');
    const { code, lines } = await run(broken, kill("SIGTERM"));
    assert.equal(code, 1);
    assert.deepEqual(
      lines.map(({ message, reason }) => `${message} ${reason ?? ""}`.trim()),
      ["ready", "ending", "cannot end in order stuck"],
    );
  });
});
