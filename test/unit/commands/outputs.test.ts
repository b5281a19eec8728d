import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const root = resolve(__dirname, "../../..");

describe("outputs of a stack", function () {
  this.timeout(60_000);

  it("are read without the providers' plugins, and without a word of them", () => {
    const home = mkdtempSync(join(tmpdir(), "nats-platform-outputs-"));
    try {
      writeFileSync(join(home, "pulumi"), '#!/bin/sh\necho "{\\"path\\":\\"$PATH\\"}"\n', { mode: 0o755 });
      const places = { HOME: home, PULUMI_HOME: home, XDG_CACHE_HOME: home, NATS_PLATFORM_CACHE: home };
      const target = { kind: "own", stack: "dev", kubeconfig: join(home, "kubeconfig"), context: "mine" };
      const code = `require("./commands/outputs").stackOutputs(${JSON.stringify(target)}, "path").then(({ path }) => console.log(path))`;
      const { stdout, stderr } = spawnSync(process.execPath, ["--require", "@swc-node/register", "-e", code], {
        cwd: root,
        env: { ...places, PATH: `${home}:/usr/bin:/bin` },
        encoding: "utf8",
      });
      assert.deepEqual([stderr, stdout], ["", `${home}/tools/bin:${home}:/usr/bin:/bin\n`]);
    } finally {
      rmSync(home, { recursive: true });
    }
  });
});
