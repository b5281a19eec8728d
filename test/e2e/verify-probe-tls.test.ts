import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { assertAllGreen, bundledProbe, detail, oneOfThree } from "./verify-results";
import { createCertificate, runProbe, TestServers } from "./verify-servers";

describe("the probe against servers with TLS", () => {
  const dir = mkdtempSync(join(tmpdir(), "nats-platform-tls-"));
  let probe: string;
  let servers: TestServers;

  before(async () => {
    probe = await bundledProbe();
    servers = await TestServers.start({ tls: createCertificate(dir) });
  });

  after(async () => {
    await servers.stop();
    rmSync(dir, { recursive: true });
  });

  it("finds nothing wrong, and connects with TLS", () =>
    oneOfThree(async () => {
      const settings = servers.settings();
      const results = await runProbe(probe, settings);
      assertAllGreen(results, settings.expected);
      assert.match(detail(results, "client-connect"), /TLS/);
    }));

  it("does not trust servers of an unknown authority", async () => {
    const settings = servers.settings();
    writeFileSync(join(dir, "other.crt"), "");
    const results = await runProbe(probe, { ...settings, caFile: undefined });
    assert.match(detail(results, "client-connect"), /certificate/);
  });
});
