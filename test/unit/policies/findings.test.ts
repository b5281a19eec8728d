import assert from "node:assert/strict";
import { unknown } from "../../../policies/kernel/field";
import { Findings } from "../../../policies/kernel/findings";
import { type KubernetesObject, objectsOf } from "../../../policies/kernel/object";
import { plain } from "../../../policies/kernel/plain";

function configMap(name: string, data: object): KubernetesObject {
  const props = { metadata: { name }, data };
  const [object] = objectsOf({ urn: name, type: "kubernetes:core/v1:ConfigMap", name, props, isProtected: false });
  return object ?? assert.fail();
}

describe("what policies find", () => {
  it("is a doubt about the resource that holds what is not known, whatever was looked at", () => {
    const [one, other] = [configMap("one", { key: "known" }), configMap("other", { key: unknown })];
    const findings = new Findings();
    findings.try(one, () => other.root.at("data", "key").text());
    findings.try(one, () => other.root.at("data").entries()[0]?.[1].text());
    const doubt = { props: other.resource.props, keys: ["data", "key"] };
    assert.deepEqual(findings.doubts, [doubt, doubt]);
    assert.equal(findings.doubts[0]?.props, other.resource.props);
  });

  it("has fields of any name", () => {
    const named = plain(JSON.parse('{ "__proto__": { "a": 1 }, "constructor": "b" }')) as object;
    assert.deepEqual(Object.keys(named), ["__proto__", "constructor"]);
    assert.deepEqual(Object.getPrototypeOf(named), Object.prototype);
  });
});
