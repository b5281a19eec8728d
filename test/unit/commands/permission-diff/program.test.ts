import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { appsOf } from "../../../../commands/permission-diff/program/apps";
import type { RegisteredResource } from "../../../../commands/permission-diff/program/facts";
import { standInOutputs } from "../../../../commands/permission-diff/program/stand-ins";
import { stackRequests } from "../../../../commands/permission-diff/requests";
import { appSignerKeys } from "../../../../components/auth-callout/names";
import { issueTime } from "../../../../components/identity/issue-time";
import { encodeKeyPair } from "../../../../components/identity/nkey";
import { tenantOf } from "../../../../services/auth-callout/decide";
import { readAppSigner } from "../../../../services/auth-callout/kubernetes/app-signer";
import { appPermissions } from "../../../../services/auth-callout/permissions";

describe("stand-ins for what providers make up", () => {
  const password = "random:index/randomPassword:RandomPassword";

  it("follow from the resource's name, and are another in another stack", () => {
    const of = (stack: string, name: string) => standInOutputs(stack, password, name, { length: 64 }).result;
    assert.equal(of("dev", "a"), of("dev", "a"));
    assert.notEqual(of("dev", "a"), of("dev", "b"));
    assert.notEqual(of("dev", "a"), of("prod", "a"));
    assert.equal(String(of("dev", "a")).length, 64);
  });

  it("have every JWT issued at the same time", () => {
    const uuid = standInOutputs("dev", "random:index/randomUuid7:RandomUuid7", "x", {}).result;
    assert.equal(issueTime(String(uuid)), Date.UTC(2026, 0) / 1_000);
  });

  it("name what Kubernetes' provider would name, and refuse what they do not know", () => {
    const { metadata } = standInOutputs("dev", "kubernetes:core/v1:Secret", "x", { metadata: { namespace: "ns" } });
    assert.deepEqual(metadata, { namespace: "ns", name: "x" });
    assert.throws(
      () => standInOutputs("dev", "random:index/x:RandomPet", "pet", {}),
      /no stand-in for .*RandomPet.*"pet"/,
    );
  });
});

describe("stacks to run", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "requests-"));
    const declared =
      "name: nats-platform\nconfig: { replicas: { default: 3 }, operatorJwt: { default: '' }, chartPath: { type: string } }";
    writeFileSync(join(folder, "Pulumi.yaml"), declared);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("are given every default and their own values, as text, and nothing of a cluster", () => {
    writeFileSync(join(folder, "Pulumi.dev.yaml"), "config: { nats-platform:replicas: 5, kubernetes:context: mine }");
    writeFileSync(join(folder, "Pulumi.t.yaml"), "config: { nats-platform:tenant: { environment: dev } }");
    const { stacks, gaps } = stackRequests(folder);
    const defaults = { "nats-platform:replicas": "3", "nats-platform:operatorJwt": "" };
    assert.deepEqual(stacks, [
      { name: "dev", environment: "dev", config: { ...defaults, "nats-platform:replicas": "5" } },
      { name: "t", environment: "dev", config: { ...defaults, "nats-platform:tenant": '{"environment":"dev"}' } },
    ]);
    assert.deepEqual(gaps, []);
  });

  it("go without what is encrypted, which is said, and without an operator half of which is", () => {
    const secure = "{ secure: v1:abc }";
    writeFileSync(
      join(folder, "Pulumi.dev.yaml"),
      `config: { nats-platform:operatorJwt: eyJ, nats-platform:operatorSigningKey: ${secure} }`,
    );
    const { stacks, gaps } = stackRequests(folder);
    assert.equal(stacks[0]?.config["nats-platform:operatorJwt"], "");
    assert.match(
      gaps.join(),
      /^stack dev: operatorSigningKey: encrypted in Pulumi.dev.yaml, and so left out; an operator/,
    );
  });
});

describe("what the callout would give apps", () => {
  const code = { appPermissions, tenantOf, readAppSigner };
  const object = (
    type: string,
    metadata: { name: string; [key: string]: unknown },
    rest: object = {},
  ): RegisteredResource => {
    return { type: `kubernetes:${type}`, name: metadata.name, inputs: { metadata, ...rest } };
  };
  const base64 = (text: string) => Buffer.from(text).toString("base64");
  const signer = (policy: object) =>
    object(
      "core/v1:Secret",
      { name: "nats-app-signer-acme", labels: { "nats-platform/tenant": "acme" } },
      {
        data: {
          [appSignerKeys.account]: base64(encodeKeyPair("account", new Uint8Array(32)).publicKey),
          [appSignerKeys.seed]: base64(encodeKeyPair("account", new Uint8Array(32)).seed),
          [appSignerKeys.policy]: base64(JSON.stringify(policy)),
        },
      },
    );
  const granting = signer({ suspended: false, publish: ["shared.>"], subscribe: [] });
  const callout = (mapping: object[] = []) => {
    const env = [
      { name: "CALLOUT_NAMESPACE", value: "nats-callout" },
      { name: "MAPPING", value: JSON.stringify(mapping) },
    ];
    return object(
      "apps/v1:Deployment",
      { name: "auth-callout" },
      { spec: { template: { spec: { containers: [{ env }] } } } },
    );
  };
  const namespace = object("core/v1:Namespace", { name: "apps", labels: { "nats-platform/tenant": "acme" } });
  const account = object("core/v1:ServiceAccount", {
    name: "web",
    namespace: "apps",
    annotations: { "nats.io/allowed-pub-subjects": "shared.a, other" },
  });
  const run = (...resources: RegisteredResource[]) => appsOf([{ name: "dev", environment: "dev", resources }], code);

  it("is what its own code says of the annotations and the tenant's grants", () => {
    assert.deepEqual(run(callout(), namespace, account, granting), [
      {
        stack: "dev",
        tenant: "acme",
        tenantStack: "dev",
        namespace: "apps",
        serviceAccount: "web",
        publish: ["apps.>", "shared.a"],
        subscribe: ["apps.>", "_INBOX_APP.apps.web.>"],
      },
    ]);
  });

  it("goes by the mapping where no label names the tenant", () => {
    assert.deepEqual(run(callout(), account, granting), []);
    assert.equal(run(callout([{ namespace: "apps", tenant: "acme" }]), account, granting).length, 1);
  });

  it("is nothing without a callout, a tenant, or of one that is suspended", () => {
    assert.deepEqual(run(namespace, account, granting), []);
    assert.deepEqual(run(callout(), namespace, account), []);
    assert.deepEqual(run(callout(), namespace, account, signer({ suspended: true, publish: [], subscribe: [] })), []);
  });
});
