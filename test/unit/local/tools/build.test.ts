import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { buildRemedy, buildTool, executableName } from "../../../../local/tools/build";
import { findInstallation } from "../../../../local/tools/installation";
import { buildLog, toolDir, toolsDir } from "../../../../local/tools/paths";
import { toolSpec } from "../../../../local/tools/table";
import { type FakeGo, fakeGo, until, withEnv } from "./fake-go";

describe("building a tool", () => {
  const spec = toolSpec("containerd");
  let fake: FakeGo;
  let restore: () => void;
  let packages: number;

  beforeEach(() => {
    fake = fakeGo();
    restore = withEnv({ NATS_PLATFORM_CACHE: fake.cache, GOFLAGS: "-mod=mod", GOOS: "plan9" });
    packages = 0;
  });
  afterEach(() => {
    restore();
    fake.remove();
  });

  const build = (signal = new AbortController().signal, tool = spec) =>
    buildTool(tool, {
      go: fake.go,
      signal,
      onPackage: () => {
        packages++;
      },
    });
  const leftovers = () => fs.readdirSync(toolsDir()).filter((name) => name.includes("partial"));

  it("puts every binary under its own name into a folder that is complete", async () => {
    const etcd = toolSpec("etcd"); // go calls this one `server`
    await build(undefined, etcd);
    assert.deepEqual((await findInstallation(etcd))?.files, { etcd: path.join(toolDir(etcd), "etcd") });
    assert.deepEqual(fs.readdirSync(toolDir(etcd)).sort(), [".inputs", "etcd"]);
    assert.deepEqual(leftovers(), []);
    assert.equal(packages, 1);
  });

  it("builds in the pinned module, unmoved by the user's flags and target", async () => {
    fake.beforeBuild(`echo "flags '$GOFLAGS' target '$GOOS' cgo '$CGO_ENABLED'" >${fake.root}/env`);
    await build();
    assert.equal(fs.readFileSync(path.join(fake.root, "env"), "utf8"), "flags '' target '' cgo '0'\n");
    assert.deepEqual(fake.builds(), [["containerd", ...Object.values(spec.binaries)].join(" ")]);
    assert.equal(packages, 3);
  });

  it("names tool, last lines, log and remedy when it fails, and leaves nothing that looks complete", async () => {
    fake.beforeBuild("echo some/package >&2; echo 'x.go:1: undefined: y' >&2; exit 1");
    await assert.rejects(build(), (error: Error) => {
      assert.match(error.message, /^building containerd v2\.1\.4 failed \(go build: exit code 1\)/);
      assert.match(error.message, /\n {2}x\.go:1: undefined: y\n/);
      assert.ok(error.message.includes(buildLog(spec)));
      assert.doesNotMatch(error.message, /some\/package/);
      return true;
    });
    assert.equal(await findInstallation(spec), undefined);
    assert.deepEqual(leftovers(), []);
    assert.match(fs.readFileSync(buildLog(spec), "utf8"), /some\/package\nx\.go/);

    fake.beforeBuild("");
    await build();
    assert.ok(await findInstallation(spec));
  });

  it("is not complete without what says what it was built from, or without a binary", async () => {
    await build();
    fs.rmSync(path.join(toolDir(spec), "ctr"));
    assert.equal(await findInstallation(spec), undefined);
    await build();
    fs.writeFileSync(path.join(toolDir(spec), ".inputs"), "other modules");
    assert.equal(await findInstallation(spec), undefined);
    await build();
    assert.ok(await findInstallation(spec));
    assert.deepEqual(leftovers(), []);
  });

  it("kills the compiler and its children when told to stop", async () => {
    const pid = path.join(fake.root, "pid");
    fake.beforeBuild(`sleep 600 & echo $! >${pid}; wait`);
    const abort = new AbortController();
    const stopped = assert.rejects(build(abort.signal), /enough/);
    await until("the compiler runs", () => fs.existsSync(pid) && fs.readFileSync(pid, "utf8") !== "");
    abort.abort(new Error("enough"));
    await stopped;
    const child = fs.readFileSync(pid, "utf8").trim();
    await until("its child has ended", () => !running(child));
    assert.deepEqual(leftovers(), []);
  });

  it("removes what a killed process left, and nothing of one that runs", async () => {
    const gone = `${toolDir(spec)}.partial-999999999`;
    const alive = `${toolDir(spec)}.partial-${process.ppid}`;
    for (const dir of [gone, alive]) fs.mkdirSync(dir, { recursive: true });
    await build();
    assert.equal(fs.existsSync(gone), false);
    assert.equal(fs.existsSync(alive), true);
  });

  it("knows the name go gives an executable", () => {
    assert.equal(executableName("k8s.io/kubernetes/cmd/kubelet"), "kubelet");
    assert.equal(executableName("go.etcd.io/etcd/server/v3"), "server");
    assert.equal(executableName("github.com/nats-io/nats-server/v2"), "nats-server");
  });

  it("says what to do where the output tells", () => {
    assert.match(buildRemedy("link: write: no space left on device"), /disk space/);
    assert.match(buildRemedy("compile: signal: killed"), /memory/);
    assert.match(buildRemedy('Get "https://proxy": dial tcp: i/o timeout'), /GOPROXY/);
    assert.match(buildRemedy("reading https://proxy/x.zip: 403 Forbidden"), /GOPROXY/);
    assert.match(buildRemedy("undefined: y"), /once the cause is removed/);
  });
});

/** Whether a process runs; one that has ended and waits to be reaped does not. */
function running(pid: string): boolean {
  try {
    return !/^State:\s+Z/m.test(fs.readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}
