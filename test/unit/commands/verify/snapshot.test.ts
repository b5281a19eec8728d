import assert from "node:assert/strict";
import { KubeConfig } from "@kubernetes/client-node";
import { takeSnapshot, UnreachableError } from "../../../../commands/verify/snapshot";

describe("takeSnapshot", () => {
  it("names the API server that cannot be asked, and why", async () => {
    const config = new KubeConfig();
    config.loadFromClusterAndUser(
      { name: "gone", server: "https://127.0.0.1:9999", skipTLSVerify: true },
      { name: "me" },
    );
    await assert.rejects(takeSnapshot(config, "nats"), (error: Error) => {
      assert.ok(error instanceof UnreachableError);
      assert.match(error.message, /cannot ask the cluster at https:\/\/127\.0\.0\.1:9999: .*ECONNREFUSED/);
      return true;
    });
  });
});
