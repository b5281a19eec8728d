import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import {
  cacheDir,
  clusterIndex,
  clusterName,
  clusterPaths,
  createExclusive,
  knownClusters,
  makeClusterFolders,
  makePrivateDir,
  maxClusterIndex,
  releaseClusterIndex,
  stateDir,
  writePrivateFile,
} from "../../../local/state";

const mode = (file: string) => fs.statSync(file).mode & 0o777;

describe("local state", () => {
  let root: string;
  const before = process.env.NATS_PLATFORM_STATE;

  beforeEach(() => {
    root = fs.mkdtempSync(path.join(os.tmpdir(), "nats-platform-state-"));
    process.env.NATS_PLATFORM_STATE = path.join(root, "state");
  });

  afterEach(() => {
    if (before === undefined) delete process.env.NATS_PLATFORM_STATE;
    else process.env.NATS_PLATFORM_STATE = before;
    fs.rmSync(root, { recursive: true, force: true });
  });

  it("takes its own variable, then the XDG one, then the home folder", () => {
    const home = { HOME: "/home/ann" };
    assert.equal(cacheDir(home), "/home/ann/.cache/nats-platform");
    assert.equal(stateDir(home), "/home/ann/.local/state/nats-platform");
    const xdg = { ...home, XDG_CACHE_HOME: "/xdg/cache", XDG_STATE_HOME: "/xdg/state" };
    assert.equal(cacheDir(xdg), "/xdg/cache/nats-platform");
    assert.equal(stateDir(xdg), "/xdg/state/nats-platform");
    const own = { ...xdg, NATS_PLATFORM_CACHE: "/own/cache", NATS_PLATFORM_STATE: "/own/state" };
    assert.equal(cacheDir(own), "/own/cache");
    assert.equal(stateDir(own), "/own/state");
  });

  it("ignores a relative XDG path, as its specification asks", () => {
    assert.equal(cacheDir({ HOME: "/home/ann", XDG_CACHE_HOME: "cache" }), "/home/ann/.cache/nats-platform");
  });

  it("keeps every file of a cluster below one folder", () => {
    const { root: cluster, ...files } = clusterPaths("dev");
    assert.equal(cluster, path.join(stateDir(), "clusters", "dev"));
    for (const file of Object.values(files)) assert.equal(path.dirname(file), cluster);
  });

  it("names paths without creating anything", () => {
    clusterPaths("dev");
    assert.equal(fs.existsSync(stateDir()), false);
    assert.deepEqual(knownClusters(), []);
  });

  it("creates folders only the owner can enter", () => {
    const paths = makeClusterFolders("dev");
    for (const dir of [paths.root, paths.pki, paths.logs, paths.pids, paths.images, paths.pulumi]) {
      assert.equal(mode(dir), 0o700, dir);
    }
    assert.equal(mode(stateDir()), 0o700);
    assert.deepEqual(knownClusters(), ["dev"]);
  });

  it("closes a folder that was open to others", () => {
    fs.mkdirSync(path.join(root, "open"), { mode: 0o755 });
    makePrivateDir(path.join(root, "open"));
    assert.equal(mode(path.join(root, "open")), 0o700);
  });

  it("refuses names that are no DNS labels", () => {
    for (const name of ["", "../etc", "Dev", "1st", "a b", "dev-", `a${"b".repeat(32)}`]) {
      assert.throws(() => clusterPaths(name), /cluster name ".*" is not accepted: lower-case letters/, name);
    }
    assert.throws(() => clusterName({ NATS_PLATFORM_CLUSTER: "Not This" }), /"Not This"/);
    assert.equal(clusterName({}), "dev");
    assert.equal(clusterName({ NATS_PLATFORM_CLUSTER: "e2e" }), "e2e");
  });

  it("gives every cluster an index of its own and keeps it", () => {
    assert.deepEqual(["dev", "e2e", "one", "two", "one"].map(clusterIndex), [0, 1, 2, 3, 2]);
    releaseClusterIndex("one");
    assert.deepEqual(["three", "two", "one"].map(clusterIndex), [2, 3, 4]);
    releaseClusterIndex("dev");
    assert.equal(clusterIndex("dev"), 0);
  });

  it("says who holds the indexes when there are no more", () => {
    for (let index = 2; index <= maxClusterIndex; index++) assert.equal(clusterIndex(`c${index}`), index);
    assert.throws(() => clusterIndex("one-more"), /cluster "one-more".*c2.*c10.*take one down/);
  });

  it("replaces a file as a whole and keeps it private", () => {
    const file = path.join(root, "pki", "ca.key");
    writePrivateFile(file, "one");
    fs.chmodSync(file, 0o644);
    writePrivateFile(file, "two");
    assert.equal(fs.readFileSync(file, "utf8"), "two");
    assert.equal(mode(file), 0o600);
    assert.deepEqual(fs.readdirSync(path.dirname(file)), ["ca.key"]);
  });

  it("creates a file exclusively once", () => {
    const file = path.join(root, "claim");
    assert.equal(createExclusive(file, "first"), true);
    assert.equal(createExclusive(file, "second"), false);
    assert.equal(fs.readFileSync(file, "utf8"), "first");
    assert.deepEqual(fs.readdirSync(root), ["claim"]);
  });
});
