import assert from "node:assert/strict";
import { caseTests } from "./admission-cases";
import { hostTests } from "./admission-host";
import { labelTests } from "./admission-labels";
import { ownTests } from "./admission-own";
import { AdmissionServer, namespaces } from "./admission-server";
import { tokenTests } from "./admission-tokens";

describe("policies at admission, on a real API server", function () {
  this.timeout(120_000);
  let server: AdmissionServer;

  before(async () => {
    server = await AdmissionServer.start();
  });
  after(() => server?.stop());

  it("have expressions of which Kubernetes' own check finds nothing", async () => {
    assert.deepEqual(await server.typeWarnings(), []);
  });

  describe("host access", () => hostTests(() => server, namespaces));
  describe("the tenant's id", () => labelTests(() => server, namespaces));
  describe("what this program makes", () => ownTests(() => server, namespaces));
  describe("the pack's cases", () => caseTests(() => server));
  describe("tokens", () => tokenTests(() => server, namespaces));
});
