import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PackSettings } from "../../../../commands/policy/settings";

describe("settings of the pack", () => {
  const folder = mkdtempSync(join(tmpdir(), "policy-settings-"));
  const file = join(folder, "policy-config.json");
  after(() => rmSync(folder, { recursive: true }));

  const write = (settings: unknown) => writeFileSync(file, JSON.stringify(settings));
  const read = (environmentConfig = {}) => {
    const settings = new PackSettings(file);
    try {
      return JSON.parse(readFileSync(settings.file({ name: "dev", environmentConfig }), "utf8"));
    } finally {
      settings.remove();
    }
  };

  it("have levels by name or beside settings", () => {
    write({ "token-audience": "remediate", "token-wiring": { enforcementLevel: "remediate", audience: "nats" } });
    const level = { enforcementLevel: "remediate", audience: "nats" };
    const { "token-audience": audience, "token-wiring": wiring } = read();
    assert.deepEqual([audience, wiring], [level, level]);
  });

  it("tell policies that ask for more in production, unless the file says otherwise", () => {
    write({ "platform-tls": { production: false } });
    const { "platform-tls": tls, "platform-storage": storage } = read({ environment: "prod" });
    assert.deepEqual([tls, storage.production], [{ production: false }, true]);
  });

  it("name policies of the pack", () => {
    write({ "token-audiences": "advisory" });
    assert.throws(read, /names token-audiences, which is no policy of the pack; there are tenant-labels, /);
  });

  it("name settings of those", () => {
    write({ "token-lifetime": { maxSecond: 3600 } });
    assert.throws(
      read,
      /sets maxSecond of token-lifetime, which has no such setting; it has audience, maxSeconds, enforcementLevel/,
    );
  });

  it("are told in short", () => {
    write({ all: "disabled", "token-lifetime": { maxSeconds: 3600, enforcementLevel: "advisory" } });
    const settings = new PackSettings(file);
    settings.remove();
    const lifetime = 'token-lifetime: maxSeconds 3600, enforcementLevel "advisory"';
    assert.deepEqual(settings.changes, ["all: disabled", lifetime]);
  });

  it("have only those correct that can", () => {
    for (const own of ["remediate", { enforcementLevel: "remediate" }]) {
      write({ "pod-security": own });
      assert.throws(read, /"remediate" for pod-security, which corrects nothing by itself; .*token-audience.* do\./);
    }
    write({ all: "remediate" });
    assert.deepEqual(read().all, { enforcementLevel: "remediate" });
  });
});
