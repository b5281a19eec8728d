import assert from "node:assert/strict";
import { findTenant, findTenantStack } from "../../../../commands/tenant/target";

describe("tenant to work on", () => {
  it("is TENANT of the development environment, on the local cluster", () => {
    const { tenant, environment, target } = findTenant({ TENANT: "acme" });
    assert.equal(tenant, "acme");
    assert.equal(environment.stack, "dev");
    assert.deepEqual(target, { ...environment, stack: "dev-tenant-acme" });
    assert.equal(target.kind, "local");
  });

  const wrong: [string, NodeJS.ProcessEnv, RegExp][] = [
    ["no TENANT", {}, /TENANT is missing: .* TENANT=acme/],
    ["an id that is none", { TENANT: "Acme" }, /TENANT is "Acme"; it must be a DNS label/],
    ["a reserved id", { TENANT: "sys" }, /TENANT is "sys"; it is reserved/],
    ["an environment that has no file", { TENANT: "acme", STACK: "nope" }, /there is no stack "nope"/],
  ];
  for (const [name, env, message] of wrong) {
    it(`is refused with ${name}`, () => assert.throws(() => findTenant(env), message));
  }

  it("is refused without a file, with the text to write", () => {
    assert.throws(
      () => findTenant({ TENANT: "initech" }),
      (error: Error) => {
        assert.match(
          error.message,
          /^environment dev has no tenant "initech": .*Pulumi.dev-tenant-initech.yaml does not exist. Write it:/,
        );
        assert.ok(
          error.message.endsWith(`config:
  nats-platform:tenant:
    id: initech
    environment: dev
    users:
      - { name: worker, role: worker }
`),
        );
        return true;
      },
    );
  });

  it("needs no file to be taken away", () => {
    assert.equal(findTenantStack({ TENANT: "initech" }).target.stack, "dev-tenant-initech");
  });
});
