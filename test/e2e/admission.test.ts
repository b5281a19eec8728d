import assert from "node:assert/strict";
import { KubeConfig } from "@kubernetes/client-node";
import { admissionPolicyObjects } from "../../commands/verify/admission-check";
import type { ClusterContext } from "../../commands/verify/cluster-checks";
import { admissionOf } from "../../commands/verify/snapshot";
import { runChecks } from "../../services/verify/runner";
import { admissionArgs } from "../../stacks/platform-args";
import { bindingTests } from "./admission-bindings";
import { caseTests } from "./admission-cases";
import { hostTests } from "./admission-host";
import { labelTests } from "./admission-labels";
import { ownTests } from "./admission-own";
import { AdmissionServer, environment, namespaces } from "./admission-server";
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

  it("are found by verify as they were made, and missed", async () => {
    const config = new KubeConfig();
    config.loadFromFile(server.api.kubeconfig);
    const expected = { admission: admissionArgs(environment) };
    const look = async () => {
      const snapshot = { admission: await admissionOf(config) };
      const [result] = await runChecks([admissionPolicyObjects], { snapshot, expected } as ClusterContext);
      return result?.detail;
    };
    assert.equal(await look(), "5 policies for tenants: Deny");
    const name = "nats-platform-vrsky-tenants-tokens-apps";
    const apiVersion = "admissionregistration.k8s.io/v1";
    const binding = { apiVersion, kind: "ValidatingAdmissionPolicyBinding", metadata: { name } };
    await server.patch(binding, { spec: { validationActions: ["Audit"] } });
    assert.equal(await look(), `its binding ${name} was changed`);
    await server.patch(binding, { spec: { validationActions: ["Deny"] } });
    assert.equal(await look(), "5 policies for tenants: Deny");
  });

  describe("host access", () => hostTests(() => server, namespaces));
  describe("the tenant's id", () => labelTests(() => server, namespaces));
  describe("labels past the pod", () => bindingTests(() => server, namespaces));
  describe("what this program makes", () => ownTests(() => server, namespaces));
  describe("the pack's cases", () => caseTests(() => server));
  describe("tokens", () => tokenTests(() => server, namespaces));
});
