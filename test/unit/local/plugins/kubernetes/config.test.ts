import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { warningsOf } from "../../../../../local/plugins/kubernetes/client";
import { checkProviderConfig, diffProviderConfig, readConfig } from "../../../../../local/plugins/kubernetes/config";
import { loadConnection } from "../../../../../local/plugins/kubernetes/kubeconfig";
import { gvkOfType, idOf, parseId, parseUrn } from "../../../../../local/plugins/kubernetes/objects";
import { Unknown } from "../../../../../local/plugins/rpc/values";

const kubeconfig = (server: string): string =>
  JSON.stringify({
    "current-context": "one",
    contexts: [
      { name: "one", context: { cluster: "a", user: "u", namespace: "team" } },
      { name: "two", context: { cluster: "b", user: "v" } },
    ],
    clusters: [
      { name: "a", cluster: { server: `${server}/` } },
      { name: "b", cluster: { server: "https://b:1", "insecure-skip-tls-verify": true } },
    ],
    users: [
      { name: "u", user: { token: "t" } },
      {
        name: "v",
        user: {
          exec: {
            command: process.execPath,
            args: ["-e", "console.log(JSON.stringify({status:{token:process.env.T}}))"],
            env: [{ name: "T", value: "fresh" }],
          },
        },
      },
    ],
  });

describe("plugins: kubeconfig", () => {
  let dir: string;
  before(() => {
    dir = fs.mkdtempSync(path.join(os.tmpdir(), "kubeconfig-"));
    fs.writeFileSync(path.join(dir, "ca.crt"), "CA");
    fs.writeFileSync(
      path.join(dir, "first"),
      "current-context: c\ncontexts: [{name: c, context: {cluster: k, user: w}}]\nclusters: [{name: k, cluster: {server: 'https://k', certificate-authority: ca.crt}}]\n",
    );
    fs.writeFileSync(
      path.join(dir, "second"),
      "current-context: x\nusers: [{name: w, user: {username: me, password: pw}}]\n",
    );
  });
  after(() => fs.rmSync(dir, { recursive: true }));

  it("may be given as content; the current context decides", async () => {
    const connection = loadConnection({ kubeconfig: kubeconfig("https://a") }, {});
    assert.equal(connection.server, "https://a");
    assert.equal(connection.namespace, "team");
    assert.deepEqual((await connection.credentials()).headers, { authorization: "Bearer t" });
  });

  it("takes another context, and credentials from a program", async () => {
    const connection = loadConnection({ kubeconfig: kubeconfig("https://a"), context: "two", namespace: "mine" }, {});
    assert.equal(connection.server, "https://b:1");
    assert.equal(connection.tls.rejectUnauthorized, false);
    assert.equal(connection.namespace, "mine");
    assert.deepEqual((await connection.credentials()).headers, { authorization: "Bearer fresh" });
  });

  it("is merged from the files of KUBECONFIG, paths relative to their file", async () => {
    const KUBECONFIG = ["first", "missing", "second"].map((file) => path.join(dir, file)).join(":");
    const connection = loadConnection({}, { KUBECONFIG });
    assert.equal(connection.server, "https://k");
    assert.equal(connection.tls.ca?.toString(), "CA");
    assert.equal(connection.namespace, "default");
    assert.deepEqual((await connection.credentials()).headers, {
      authorization: `Basic ${Buffer.from("me:pw").toString("base64")}`,
    });
  });

  it("says what is missing", () => {
    const content = kubeconfig("https://a");
    assert.throws(
      () => loadConnection({ kubeconfig: content, context: "three" }, {}),
      /"three" does not exist.*"one", "two"/,
    );
    assert.throws(
      () => loadConnection({ kubeconfig: content, cluster: "c" }, {}),
      /cluster "c" does not exist.*"a", "b"/,
    );
    assert.throws(() => loadConnection({}, { KUBECONFIG: "/nowhere/config" }), /no kubeconfig: \/nowhere\/config/);
    assert.throws(() => loadConnection({ kubeconfig: "/nowhere/config" }, {}), /neither an existing file nor YAML/);
  });
});

describe("plugins: provider settings", () => {
  it("come from config, else from the environment", () => {
    const config = readConfig(
      new Map([
        ["kubernetes:config:enableSecretMutable", "true"],
        ["kubernetes:config:context", "c"],
        ["kubernetes:config:enablePatchForce", "false"],
      ]),
      {
        PULUMI_K8S_ENABLE_PATCH_FORCE: "true",
        PULUMI_K8S_DELETE_UNREACHABLE: "true",
      },
    );
    assert.equal(config.enableSecretMutable, true);
    assert.equal(config.enablePatchForce, false);
    assert.equal(config.deleteUnreachable, true);
    assert.equal(config.enableConfigMapMutable, false);
    assert.equal(config.context, "c");
  });

  it("are refused where only the official provider can do it, or strict mode forbids it", () => {
    const refused = (news: Record<string, string>, isDefault = false, env = {}): string[] =>
      checkProviderConfig(news, isDefault, env).map(({ property, reason }) => `${property}: ${reason}`);
    assert.deepEqual(refused({ kubeconfig: "x" }), []);
    assert.match(refused({ renderYamlToDirectory: "out" }).join(), /renderYamlToDirectory.*install the official one/);
    assert.match(refused({ enableServerSideApply: "false" }).join(), /install the official one/);
    assert.match(
      refused({}, true, { PULUMI_K8S_ENABLE_SERVER_SIDE_APPLY: "false" }).join(),
      /install the official one/,
    );
    assert.equal(refused({ strictMode: "true" }, true).length, 3);
    assert.equal(refused({ strictMode: "true", kubeconfig: "x", context: "c" }).length, 0);
  });

  it("replace the provider when they point to another cluster, not when they say it differently", () => {
    const [a, b] = [kubeconfig("https://a"), kubeconfig("https://elsewhere")];
    assert.deepEqual(diffProviderConfig({ kubeconfig: a }, { kubeconfig: a }), { diffs: [], replaces: [] });
    assert.deepEqual(diffProviderConfig({ kubeconfig: a }, { kubeconfig: b }), {
      diffs: ["kubeconfig"],
      replaces: ["kubeconfig"],
    });
    assert.deepEqual(diffProviderConfig({ kubeconfig: a }, { kubeconfig: a, context: "two" }), {
      diffs: ["context"],
      replaces: ["context"],
    });
    assert.deepEqual(diffProviderConfig({ kubeconfig: a }, { kubeconfig: a.replace('"t"', '"new"') }), {
      diffs: ["kubeconfig"],
      replaces: [],
    });
    assert.deepEqual(diffProviderConfig({ kubeconfig: a }, { kubeconfig: a, namespace: "n" }).replaces, []);
    assert.deepEqual(diffProviderConfig({ kubeconfig: a }, { kubeconfig: Unknown.value }).replaces, ["kubeconfig"]);
    assert.deepEqual(diffProviderConfig({ kubeconfig: "/gone" }, { kubeconfig: a }).replaces, []);
  });

  it("name the cluster if they like, and then only another name replaces", () => {
    const [a, b] = [kubeconfig("https://a"), kubeconfig("https://elsewhere")];
    const identified = (clusterIdentifier: string, config: string) => ({ clusterIdentifier, kubeconfig: config });
    assert.deepEqual(diffProviderConfig(identified("x", a), identified("x", b)).replaces, []);
    assert.deepEqual(diffProviderConfig(identified("x", a), identified("y", a)).replaces, ["clusterIdentifier"]);
  });
});

describe("plugins: names of Kubernetes things", () => {
  it("types, URNs and ids", () => {
    assert.deepEqual(gvkOfType("kubernetes:core/v1:Secret"), { group: "", version: "v1", kind: "Secret" });
    assert.deepEqual(gvkOfType("kubernetes:apps/v1:Deployment"), { group: "apps", version: "v1", kind: "Deployment" });
    assert.throws(() => gvkOfType("kubernetes:v1:Secret"));
    assert.deepEqual(parseUrn("urn:pulumi:s::p::a:b:C$kubernetes:core/v1:Secret::chart:ns/name::x"), {
      type: "kubernetes:core/v1:Secret",
      name: "chart:ns/name::x",
    });
    assert.equal(idOf({ metadata: { namespace: "ns", name: "n" } }), "ns/n");
    assert.equal(idOf({ metadata: { name: "n" } }), "n");
    assert.deepEqual(parseId("ns/n"), { namespace: "ns", name: "n" });
    assert.deepEqual(parseId("n"), { namespace: "", name: "n" });
  });

  it("warnings of the API server", () => {
    assert.deepEqual(warningsOf('299 - "unknown field \\"spec.x\\"", 299 - "would violate PodSecurity"'), [
      'unknown field "spec.x"',
      "would violate PodSecurity",
    ]);
    assert.deepEqual(warningsOf(undefined), []);
  });
});
