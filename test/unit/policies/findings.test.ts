import assert from "node:assert/strict";
import { jwtsIn } from "../../../policies/identity/jwt";
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

describe("texts that strangers write", () => {
  it("stay in one line of what is found", () => {
    const object = configMap("a\nb\u001b[2J\u2028", {});
    const findings = new Findings();
    findings.add(object, object.root.at("data", "x"), "must be there", "Add it.");
    assert.deepEqual(
      findings.found.map(({ message }) => message),
      ['ConfigMap "a\\u000ab\\u001b[2J\\u2028": data.x is missing; must be there. Add it.'],
    );
  });

  it("are searched for JWTs in time that grows with them, and behind whatever stands before one", () => {
    assert.deepEqual(jwtsIn("eyJ".repeat(300_000)), []);
    assert.deepEqual(jwtsIn("eyJ.".repeat(300_000)).length, 0);
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
    const jwt = `${part({ typ: "JWT" })}.${part({ name: "bob", nats: { type: "user" } })}.c2ln`;
    for (const text of [jwt, `x.${jwt}`, `x${jwt}`, `{"jwt":"${jwt}"}`, `${jwt}\n${jwt}`]) {
      assert.ok(
        jwtsIn(text).every(({ name, type }) => name === "bob" && type === "user") && jwtsIn(text).length > 0,
        text,
      );
    }
  });
});
