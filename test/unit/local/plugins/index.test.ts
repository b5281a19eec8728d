import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { officialPluginInstalled } from "../../../../local/plugins";

describe("plugins: whether an official one is installed", () => {
  let home: string;
  beforeEach(() => {
    home = fs.mkdtempSync(path.join(os.tmpdir(), "plugins-"));
  });
  afterEach(() => fs.rmSync(home, { recursive: true }));
  const installed = (env: NodeJS.ProcessEnv): boolean => officialPluginInstalled("kubernetes", { HOME: home, ...env });

  it("not on a bare machine", () => assert.equal(installed({ PATH: "/nowhere" }), false));

  it("in Pulumi's folder, by default ~/.pulumi", () => {
    fs.mkdirSync(path.join(home, ".pulumi", "plugins", "resource-kubernetes-v4.34.2"), { recursive: true });
    assert.equal(installed({}), true);
    assert.equal(installed({ PULUMI_HOME: path.join(home, "other") }), false);
    assert.equal(officialPluginInstalled("random", { HOME: home }), false);
  });

  it("not while it is only being installed", () => {
    fs.mkdirSync(path.join(home, "plugins"), { recursive: true });
    fs.writeFileSync(path.join(home, "plugins", "resource-kubernetes-v4.34.2.lock"), "");
    assert.equal(installed({ PULUMI_HOME: home }), false);
  });

  it("on PATH, unless it is the stand-in itself", () => {
    const cache = path.join(home, "cache");
    const [own, other] = [path.join(cache, "plugins", "abc"), path.join(home, "bin")];
    for (const folder of [own, other]) {
      fs.mkdirSync(folder, { recursive: true });
      fs.writeFileSync(path.join(folder, "pulumi-resource-kubernetes"), "");
    }
    assert.equal(installed({ PATH: own, NATS_PLATFORM_CACHE: cache }), false);
    assert.equal(installed({ PATH: `${own}:${other}`, NATS_PLATFORM_CACHE: cache }), true);
  });
});
