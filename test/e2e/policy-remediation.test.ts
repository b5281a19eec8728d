import assert from "node:assert/strict";
import * as k8s from "@pulumi/kubernetes";
import { ensureTools } from "../../local/tools";
import { deployment, metadata } from "./evasions/client";
import { PolicyEngine } from "./policy-engine";

const config = { "token-audience": "remediate", "token-wiring": "remediate" };

/** Deployments whose token is one for the Kubernetes API, one of them in a manifest. */
function wrong(): void {
  const spec = deployment({ token: { path: "token" } });
  new k8s.apps.v1.Deployment("web", { metadata, spec });
  const another = { ...metadata, name: "other" };
  new k8s.yaml.ConfigGroup("files", { objs: [{ apiVersion: "apps/v1", kind: "Deployment", metadata: another, spec }] });
}

// biome-ignore lint/suspicious/noExplicitAny: inputs are whatever a program wrote
const tokenOf = (inputs: any) => inputs?.spec.template.spec.volumes[0].projected.sources[0].serviceAccountToken;

describe("policies at level remediate, run by Pulumi's engine", function () {
  this.timeout(120_000);
  const engine = new PolicyEngine();

  before(() => ensureTools(["pulumi"]));
  after(() => engine.remove());

  it("correct what is planned, and say so", async () => {
    const { violations, corrections, error } = await engine.check(wrong, config);
    assert.equal(error, undefined);
    assert.deepEqual(violations, []);
    assert.deepEqual(corrections.map(({ urn }) => urn.split("::").at(-1)).toSorted(), ["shop/other", "web"]);
    const path = "spec.template.spec.volumes[0].projected.sources[0].serviceAccountToken.audience";
    for (const { policy, changes } of corrections) {
      assert.equal(policy, "token-audience");
      assert.deepEqual(changes, [{ path, before: undefined, after: "nats" }]);
    }
  });

  it("hand corrected inputs to the provider", async () => {
    const inputs = await engine.inputs(wrong, config);
    for (const name of ["web", "shop/other"]) {
      assert.deepEqual(tokenOf(inputs.get(name)), { audience: "nats", path: "token" }, name);
    }
  });

  it("refuse what they cannot correct", async () => {
    const file = "/var/run/secrets/kubernetes.io/serviceaccount/token";
    const program = () => void new k8s.apps.v1.Deployment("web", { metadata, spec: deployment({ file }) });
    const { violations, corrections } = await engine.check(program, config);
    assert.deepEqual(corrections, []);
    assert.deepEqual(
      violations.map(({ policy, level }) => [policy, level]),
      [["token-wiring", "mandatory"]],
    );
  });
});
