import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { moduleDir } from "../../../../local/tools/paths";
import { ensureSourceFile, sourceTable } from "../../../../local/tools/sources";
import { type FakeGo, fakeGo, withEnv } from "./fake-go";

const { cilium } = sourceTable;

describe("files of modules", () => {
  let fake: FakeGo;
  let restore: () => void;

  beforeEach(() => {
    fake = fakeGo();
    restore = withEnv({ PATH: `${fake.bin}:${process.env.PATH}`, NATS_PLATFORM_CACHE: fake.cache });
    fs.mkdirSync(path.join(fake.root, "module/crds"), { recursive: true });
    fs.writeFileSync(path.join(fake.root, "module/crds/a.yaml"), "kind: A\n");
  });
  afterEach(() => {
    restore();
    fake.remove();
  });

  it("are pinned by version and checksum in a module of their own", () => {
    for (const source of Object.values(sourceTable)) {
      const pinned = (file: string) => fs.readFileSync(path.join(moduleDir(source), file), "utf8");
      assert.match(pinned("go.mod"), new RegExp(`^require ${source.module} ${source.version}$`, "m"));
      assert.match(pinned("go.sum"), new RegExp(`^${source.module} ${source.version} h1:\\S+=$`, "m"));
      assert.match(pinned("go.sum"), new RegExp(`^${source.module} ${source.version}/go\\.mod h1:\\S+=$`, "m"));
    }
  });

  it("are downloaded where they are pinned, kept, and not asked for again", async () => {
    fake.beforeBuild(`printf '{"Dir":"${fake.root}/module"}'; exit 0`);
    const told: string[] = [];
    const ensure = () => ensureSourceFile(cilium, "crds/a.yaml", (message) => told.push(message));
    const kept = path.join(fake.cache, "sources", `cilium-${cilium.version}`, "a.yaml");
    for (const _ of [1, 2]) assert.equal(await ensure(), kept);
    assert.equal(fs.readFileSync(kept, "utf8"), "kind: A\n");
    assert.deepEqual(fake.builds(), ["cilium mod download github.com/cilium/cilium"]);
    assert.deepEqual(told, [`downloading the sources of cilium ${cilium.version} (40 MB, once)`]);
    assert.deepEqual(fs.readdirSync(path.dirname(kept)), ["a.yaml"]);
  });

  it("are refused when they are not what was pinned, in Go's words", async () => {
    fake.beforeBuild(`printf '{"Error":"verifying x: checksum mismatch\\\\nSECURITY ERROR"}'; exit 1`);
    await assert.rejects(
      ensureSourceFile(cilium, "crds/a.yaml"),
      /^Error: downloading the sources of cilium v\S+ failed:\n {2}verifying x: checksum mismatch\n {2}SECURITY ERROR\n/,
    );
    assert.ok(!fs.existsSync(path.join(fake.cache, "sources")));
  });

  it("say what to do when there is no network", async () => {
    fake.beforeBuild("echo 'dial tcp: lookup proxy.golang.org: no such host' >&2; exit 1");
    await assert.rejects(
      ensureSourceFile(cilium, "crds/a.yaml"),
      /no such host\n.*check the network, and the module proxy/,
    );
  });
});
