import assert from "node:assert/strict";
import type { RegisteredResource } from "../../../../commands/permission-diff/program/facts";
import { changedUnjudged } from "../../../../commands/permission-diff/unjudged";

const object = (type: string, inputs: object, name = "one"): RegisteredResource => ({
  type: `kubernetes:${type}`,
  name,
  inputs: { metadata: { name }, ...inputs },
});

function told(before: RegisteredResource[], after: RegisteredResource[]): string[] {
  const stack = (resources: RegisteredResource[]) => [{ name: "dev", environment: "dev", resources }];
  return changedUnjudged(stack(before), stack(after), new Set(["dev"])).map(
    (text) =>
      /^stack dev: (\S+ \S+) is (?:not the same on both sides|new|gone); what it comes to is not looked at$/.exec(
        text,
      )?.[1] ?? text,
  );
}

const base64 = (text: string) => Buffer.from(text).toString("base64");
const pods = (spec: object) => object("apps/v1:Deployment", { spec: { template: { spec } } });
const container = { name: "auth-callout", image: "node:1", env: [{ name: "AUDIENCE", value: "nats" }] };

describe("what the permission diff does not judge", () => {
  const cases: [string, string, RegisteredResource, RegisteredResource][] = [
    [
      "a server's configuration",
      "Secret one",
      object("core/v1:Secret", { data: { "auth.conf": base64("operator: eyJa.eyJb.c") } }),
      object("core/v1:Secret", { data: { "auth.conf": base64("operator: eyJa.eyJb.c\nno_auth_user: guest") } }),
    ],
    [
      "what decides at admission",
      "ValidatingAdmissionPolicyBinding one",
      object("admissionregistration.k8s.io/v1:ValidatingAdmissionPolicyBinding", {
        spec: { validationActions: ["Deny"] },
      }),
      object("admissionregistration.k8s.io/v1:ValidatingAdmissionPolicyBinding", {
        spec: { validationActions: ["Warn"] },
      }),
    ],
    [
      "what a program is told",
      "Deployment one",
      pods({ containers: [container] }),
      pods({ containers: [{ ...container, env: [{ name: "AUDIENCE", value: "api" }] }] }),
    ],
    [
      "the code of a program, which its volume is named after",
      "Deployment one",
      pods({ volumes: [{ configMap: { name: "auth-callout-1" } }] }),
      pods({ volumes: [{ configMap: { name: "auth-callout-2" } }] }),
    ],
    ["another ServiceAccount", "Deployment one", pods({ serviceAccountName: "a" }), pods({ serviceAccountName: "b" })],
    [
      "a Service that is open to the outside",
      "Service one",
      object("core/v1:Service", { spec: { selector: { a: "b" } } }),
      object("core/v1:Service", { spec: { selector: { a: "b" }, type: "LoadBalancer" } }),
    ],
    [
      "a role that gathers others",
      "ClusterRole one",
      object("rbac.authorization.k8s.io/v1:ClusterRole", { rules: [] }),
      object("rbac.authorization.k8s.io/v1:ClusterRole", { aggregationRule: { clusterRoleSelectors: [{}] } }),
    ],
    [
      "a kind that is not known",
      "HTTPRoute one",
      object("gateway.networking.k8s.io/v1:HTTPRoute", { spec: { a: 1 } }),
      object("gateway.networking.k8s.io/v1:HTTPRoute", { spec: { a: 2 } }),
    ],
    [
      "a chart",
      "Chart one",
      object("helm.sh/v4:Chart", { values: { a: 1 } }),
      object("helm.sh/v4:Chart", { values: { a: 2 } }),
    ],
  ];
  for (const [what, name, before, after] of cases) {
    it(`is told where it changed: ${what}`, () => {
      assert.deepEqual(told([before], [after]), [name]);
      assert.deepEqual(told([before], [before]), []);
    });
  }

  it("is told where it is new: changes of objects that others make", () => {
    const patch = object("rbac.authorization.k8s.io/v1:ClusterRoleBindingPatch", { subjects: [] });
    assert.deepEqual(told([], [patch]), ["ClusterRoleBindingPatch one"]);
  });

  it("is not what gives nobody anything, nor what is judged", () => {
    const bigger = { ...container, image: "node:2", resources: { limits: { cpu: "2" } } };
    assert.deepEqual(told([pods({ containers: [container] })], [pods({ containers: [bigger] })]), []);
    const creds = (jwt: string) => object("core/v1:Secret", { data: { "auth.conf": base64(`operator: ${jwt}`) } });
    assert.deepEqual(told([creds("eyJa.eyJb.c")], [creds("eyJd.eyJe.f")]), []);
    const digest = (value: string) => pods({ containers: [{ ...container, env: [{ name: "DIGEST", value }] }] });
    assert.deepEqual(told([digest("a".repeat(64))], [digest("b".repeat(64))]), []);
    const policy = (port: number) => object("networking.k8s.io/v1:NetworkPolicy", { spec: { port } });
    assert.deepEqual(told([policy(1)], [policy(2)]), []);
    const inside = (a: string) => object("core/v1:Service", { spec: { selector: { a } } });
    assert.deepEqual(told([inside("b")], [inside("c")]), []);
  });
});
