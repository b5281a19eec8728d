import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { checkDisk, diskNeeds } from "../../../../local/tools/disk";
import { type ToolSpec, toolSpec, toolTable } from "../../../../local/tools/table";
import { findToolchain, goVersion } from "../../../../local/tools/toolchain";
import { type FakeGo, fakeGo, withEnv } from "./fake-go";

const all: readonly ToolSpec[] = toolTable;
const gib = 1024 ** 3;

describe("what a build needs", () => {
  let fake: FakeGo | undefined;
  let restore = () => {};
  const useGo = (version: string) => {
    fake = fakeGo(version);
    restore = withEnv({ PATH: fake.bin, NATS_PLATFORM_CACHE: fake.cache });
    return fake;
  };
  afterEach(() => {
    restore();
    fake?.remove();
    fake = undefined;
  });

  it("finds a Go that is new enough, and its caches", () => {
    const { root, go } = useGo("go1.26.0");
    assert.deepEqual(findToolchain(all), { go, buildCache: `${root}/go-build`, moduleCache: `${root}/mod` });
  });

  it("refuses an older Go and says how to get a newer one", () => {
    useGo("go1.19.8");
    assert.throws(
      () => findToolchain([toolSpec("etcd")]),
      /Go 1\.26\.0 or newer is needed to build etcd, and \S+\/go is 1\.19\.8\. Install it .*(https:\/\/go\.dev\/dl\/|apt-get install)/,
    );
  });

  it("passes on what Go says about its version", () => {
    const { go } = useGo("go1.21.0");
    fs.writeFileSync(
      go,
      "#!/bin/sh\necho 'go: go.mod requires go >= 1.26.0 (running go 1.21.0; GOTOOLCHAIN=local)' >&2; exit 1\n",
    );
    assert.throws(() => findToolchain(all), /is not it: go: go\.mod requires go >= 1\.26\.0 \(running go 1\.21\.0/);
  });

  it("says so when there is no Go, and looks where it usually is", () => {
    const { root, go } = useGo("go1.26.0");
    process.env.PATH = path.join(root, "empty");
    assert.throws(
      () => findToolchain([toolSpec("etcd")], []),
      /Go 1\.26\.0 or newer is needed to build etcd, and no Go was found/,
    );
    assert.equal(findToolchain([toolSpec("etcd")], [path.dirname(go)]).go, go);
  });

  it("reads Go's versions", () => {
    assert.equal(goVersion("go1.26.8"), "1.26.8");
    assert.equal(goVersion("go1.26rc1 X:foo"), "1.26");
    assert.equal(goVersion("devel +abc"), "999");
  });

  it("needs disk by what is to be built", () => {
    const toolchain = { go: "/go", buildCache: "/a", moduleCache: "/b" };
    const sum = (specs: readonly ToolSpec[]) =>
      diskNeeds(specs, toolchain).reduce((bytes, need) => bytes + need.bytes, 0);
    assert.equal(Math.round(sum(all) / gib), 12);
    assert.ok(sum([toolSpec("nats-server")]) < gib);
  });

  it("adds up what goes to one file system", () => {
    const needs = [
      { dir: "/a", bytes: 3 * gib },
      { dir: "/b", bytes: 2 * gib },
      { dir: "/c", bytes: 4 * gib },
    ];
    const disks = (free: Record<string, number>) => (dir: string) => ({
      fileSystem: dir === "/c" ? 2 : 1,
      free: (free[dir === "/c" ? "c" : "ab"] ?? 0) * gib,
    });
    checkDisk(needs, disks({ ab: 5, c: 4 }));
    assert.throws(
      () => checkDisk(needs, disks({ ab: 4.5, c: 4 })),
      /about 5\.0 GiB are needed below \/a, \/b, 4\.5 GiB are free\. Free some/,
    );
    assert.throws(
      () => checkDisk(needs, disks({ ab: 5, c: 1 })),
      /about 4\.0 GiB are needed below \/c, 1\.0 GiB are free/,
    );
  });

  it("measures the disk of a folder that does not exist yet", () => {
    assert.throws(() => checkDisk([{ dir: "/tmp/no/such/folder", bytes: 2 ** 60 }]), /\/tmp\/no\/such\/folder/);
    checkDisk([{ dir: "/tmp/no/such/folder", bytes: 1 }]);
  });
});
