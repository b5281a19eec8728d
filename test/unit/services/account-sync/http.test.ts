import assert from "node:assert/strict";
import type { Server } from "node:http";
import { accountPaths } from "../../../../services/account-sync/http";
import type { AccountStatus } from "../../../../services/account-sync/status";
import { serve } from "../../../../services/http";

const status: AccountStatus = { account: "tenant-acme", active: true, deleting: false, servers: [] };

describe("account-sync's HTTP interface", () => {
  // An address of its own, so that nobody else has the port there.
  const address = `127.${60 + Math.floor(Math.random() * 20)}.${Math.floor(Math.random() * 250)}.1`;
  let server: Server;
  let ready = false;

  before(async () => {
    const told = {
      notReady: () => (ready ? undefined : "nothing is known yet"),
      metricsText: async () => ({ contentType: "text/plain; version=0.0.4", text: "account_sync_leader 1\n" }),
    };
    const accounts = {
      account: (name: string) => (name === "tenant-acme" ? status : undefined),
      accountStatuses: () => [status],
    };
    server = await serve(address, told, accountPaths(accounts));
  });

  after(() => new Promise((resolve) => server.close(resolve)));

  const get = async (path: string, method = "GET") => {
    const response = await fetch(`http://${address}:8080${path}`, { method });
    return { status: response.status, type: response.headers.get("content-type"), text: await response.text() };
  };

  it("is alive from the start, and ready when it can answer", async () => {
    assert.equal((await get("/healthz")).status, 200);
    const early = await get("/readyz");
    assert.deepEqual([early.status, early.text], [503, "nothing is known yet\n"]);
    ready = true;
    assert.equal((await get("/readyz")).status, 200);
  });

  it("tells the status of one account, or of all", async () => {
    assert.deepEqual(JSON.parse((await get("/accounts/tenant-acme")).text), status);
    assert.deepEqual(JSON.parse((await get("/accounts")).text), [status]);
  });

  it("says what it does not know", async () => {
    const unknown = await get("/accounts/tenant-nobody");
    assert.deepEqual([unknown.status, unknown.type], [404, "application/json"]);
    assert.match(unknown.text, /no Secret of account tenant-nobody/);
    assert.equal((await get("/else")).status, 404);
  });

  it("gives metrics as Prometheus takes them", async () => {
    const { type, text } = await get("/metrics");
    assert.equal(type, "text/plain; version=0.0.4");
    assert.match(text, /^account_sync_leader 1$/m);
  });

  it("takes nothing", async () => {
    assert.equal((await get("/accounts/tenant-acme", "DELETE")).status, 405);
  });
});
