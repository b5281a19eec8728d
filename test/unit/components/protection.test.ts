import assert from "node:assert/strict";
import type * as pulumi from "@pulumi/pulumi";
import { protectLasting } from "../../../components/protection";

const transformed = (type: string, name: string, props: object = {}, protect = true) =>
  protectLasting(protect)({
    custom: true,
    type,
    name,
    props,
    opts: { aliases: [] },
  }) as pulumi.ResourceTransformResult;
const secret = (labels?: object) =>
  transformed("kubernetes:core/v1:Secret", "acme-account-secret", { metadata: { labels } });

describe("protectLasting", () => {
  it("protects namespaces, servers with volumes, accounts and identity keys", () => {
    const opts = { aliases: [], protect: true };
    const key = "random:index/randomPassword:RandomPassword";
    assert.deepEqual(transformed("kubernetes:core/v1:Namespace", "platform"), { props: {}, opts });
    assert.deepEqual(transformed("kubernetes:apps/v1:StatefulSet", "nats"), { props: {}, opts });
    assert.deepEqual(transformed(key, "acme-account-key"), { props: {}, opts });
    assert.deepEqual(secret({ "nats-platform/account": "tenant-acme" }), {
      props: { metadata: { labels: { "nats-platform/account": "tenant-acme" } } },
      opts,
    });
  });

  it("takes the protection away where it is not wanted", () => {
    assert.equal(transformed("kubernetes:apps/v1:StatefulSet", "nats", {}, false)?.opts.protect, false);
  });

  it("leaves alone what `up` makes anew", () => {
    assert.equal(secret({ "nats-platform/tenant": "acme" }), undefined);
    assert.equal(secret(), undefined);
    assert.equal(transformed("kubernetes:apps/v1:Deployment", "nats-acme-1"), undefined);
    assert.equal(transformed("random:index/randomPassword:RandomPassword", "acme-account-signing-1"), undefined);
  });
});
