import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import * as path from "node:path";
import { type BuildReport, ensureTools, type ToolName, tool, toolsBin } from "../../../../local/tools";
import { toolsDir } from "../../../../local/tools/paths";
import { type FakeGo, fakeGo, until, withEnv } from "./fake-go";

const main = path.join(__dirname, "../../../../local/tools/main.ts");
const names: ToolName[] = ["nats-server", "cni-plugins", "etcd"];

describe("ensuring tools", function () {
  this.timeout(30_000);
  let fake: FakeGo;
  let restore: () => void;

  beforeEach(() => {
    fake = fakeGo();
    restore = withEnv({ NATS_PLATFORM_CACHE: fake.cache, PATH: `${fake.bin}:/usr/bin:/bin` });
  });
  afterEach(() => {
    restore();
    fake.remove();
  });

  const quiet = () => {};
  const runMain = (...args: string[]) =>
    spawn(process.execPath, ["--require", "@swc-node/register", main, ...args], { stdio: ["ignore", "pipe", "pipe"] });

  it("builds what is missing, links it, and finds it the next time", async () => {
    const reports: BuildReport[] = [];
    const ready = await ensureTools(names, (report) => reports.push(report));
    assert.deepEqual(
      ready.map(({ name, state }) => [name, state]),
      [
        ["etcd", "built"],
        ["nats-server", "built"],
        ["cni-plugins", "built"],
      ],
    );
    for (const binary of ["etcd", "nats-server", "loopback", "host-local", "portmap"] as const) {
      fs.accessSync(tool(binary), fs.constants.X_OK);
      assert.equal(path.dirname(tool(binary)), toolsBin());
    }
    assert.equal(reports[0]?.event, "start");
    assert.equal(reports.at(-1)?.event, "end");
    assert.equal(reports.at(-1)?.built, 3);
    assert.deepEqual(reports.filter((report) => report.event === "built").length, 3);

    const again = await ensureTools(names, () => assert.fail("nothing is to be built"));
    assert.ok(again.every(({ state, seconds }) => state === "present" && seconds === 0));
    assert.equal(fake.builds().length, 3);
  });

  it("uses an official binary of the right version instead of building one", async () => {
    const official = path.join(fake.bin, "etcd");
    fs.writeFileSync(official, "#!/bin/sh\necho 'etcd Version: 3.6.5'\n", { mode: 0o755 });
    const ready = await ensureTools(["etcd"], quiet);
    assert.deepEqual([ready[0]?.state, fs.realpathSync(tool("etcd"))], ["official", official]);
    assert.deepEqual(fake.builds(), []);

    fs.writeFileSync(official, "#!/bin/sh\necho 'etcd Version: 3.6.6'\n", { mode: 0o755 });
    assert.equal((await ensureTools(["etcd"], quiet))[0]?.state, "built");
    assert.ok(fs.realpathSync(tool("etcd")).startsWith(toolsDir()));
  });

  it("ends the other builds when one fails, and goes on from there", async () => {
    fake.beforeBuild('case "$PWD" in */etcd) echo "main.go:1: broken" >&2; exit 1 ;; esac; sleep 600');
    await assert.rejects(ensureTools(names, quiet), /building etcd v3\.6\.5 failed.*\n {2}main\.go:1: broken/s);
    assert.deepEqual(fs.readdirSync(toolsDir()), []);
    fake.beforeBuild("");
    assert.ok((await ensureTools(names, quiet)).every(({ state }) => state === "built"));
  });

  it("builds a tool once when two runs want it at the same time", async () => {
    const gate = path.join(fake.root, "gate");
    fake.beforeBuild(`while [ ! -e ${gate} ]; do sleep 0.05; done`);
    const runs = [runMain("--json", "etcd"), runMain("--json", "etcd")];
    const outputs = runs.map((run) => collect(run));
    await until("one run waits for the other", () =>
      outputs.some(({ stderr }) => /etcd: another run is building/.test(stderr)),
    );
    fs.writeFileSync(gate, "");
    const codes = await Promise.all(runs.map(async (run) => (await once(run, "close"))[0]));
    assert.deepEqual(codes, [0, 0]);
    assert.deepEqual(fake.builds().length, 1);
    const states = outputs.map(({ stdout }) => JSON.parse(stdout)[0].state).sort();
    assert.deepEqual(states, ["built", "present"]);
  });

  it("takes the compilers along when it is interrupted", async () => {
    const pid = path.join(fake.root, "pid");
    fake.beforeBuild(`echo $$ >${pid}; sleep 600`);
    const run = runMain("etcd");
    await until("the build runs", () => fs.existsSync(pid) && fs.readFileSync(pid, "utf8") !== "");
    run.kill("SIGINT");
    const [code, signal] = await once(run, "close");
    assert.deepEqual([code, signal], [null, "SIGINT"]);
    const group = fs.readFileSync(pid, "utf8").trim();
    await until("the compiler has ended", () => !fs.existsSync(`/proc/${group}`));
    assert.deepEqual(fs.readdirSync(toolsDir()), []);
  });

  it("recovers from a run that was killed", async () => {
    const pid = path.join(fake.root, "pid");
    fake.beforeBuild(`echo $$ >${pid}; sleep 600`);
    const run = runMain("etcd");
    await until("the build runs", () => fs.existsSync(pid) && fs.readFileSync(pid, "utf8") !== "");
    run.kill("SIGKILL");
    await once(run, "close");
    process.kill(-Number(fs.readFileSync(pid, "utf8")), "SIGKILL"); // nobody was left to do it
    assert.equal(fs.readdirSync(toolsDir()).length, 1);
    fake.beforeBuild("");
    assert.equal((await ensureTools(["etcd"], quiet))[0]?.state, "built");
    assert.deepEqual(fs.readdirSync(toolsDir()).sort(), ["bin", "etcd-v3.6.5"]);
  });

  it("prints a table, and refuses names it does not know", async () => {
    const run = runMain("etcd");
    const output = collect(run);
    assert.equal((await once(run, "close"))[0], 0);
    assert.match(output.stdout, /^TOOL {2}VERSION {2}STATE {2}SECONDS\netcd {2}v3\.6\.5 {3}built {2}\d+\.\d\n$/);

    const wrong = runMain("kubectl");
    const complaint = collect(wrong);
    assert.equal((await once(wrong, "close"))[0], 1);
    assert.match(complaint.stderr, /^not a tool: kubectl; accepted: kubernetes, /);
  });
});

function collect(run: ChildProcess): { stdout: string; stderr: string } {
  const output = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    run[name]?.setEncoding("utf8").on("data", (text: string) => {
      output[name] += text;
    });
  }
  return output;
}
