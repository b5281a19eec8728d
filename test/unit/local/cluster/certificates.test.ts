import { strict as assert } from "node:assert";
import { X509Certificate } from "node:crypto";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { KubeConfig } from "@kubernetes/client-node";
import {
  certificateRequests,
  encryptionConfiguration,
  ensureCertificates,
} from "../../../../local/cluster/certificates";
import { writeKubeconfig } from "../../../../local/cluster/kubeconfig";
import { layout } from "./fixtures";

describe("certificates", () => {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), "cluster-pki-"));
  const cluster = layout(3, "test", root);
  const certificate = (file: string) => new X509Certificate(fs.readFileSync(path.join(cluster.pki, `${file}.crt`)));

  before(() => ensureCertificates(cluster));
  after(() => fs.rmSync(root, { recursive: true }));

  it("are issued by the cluster's authority, each for its own key", () => {
    const authority = certificate("ca");
    assert.ok(authority.ca);
    const requests = certificateRequests(cluster);
    assert.equal(new Set(requests.map(({ file }) => file)).size, requests.length);
    for (const { file } of requests) {
      const issued = certificate(file);
      assert.ok(issued.verify(authority.publicKey), file);
      assert.ok(!issued.ca, file);
      assert.ok(new Date(issued.validTo).getTime() > Date.now() + 3600 * 24 * 365 * 1000, file);
    }
  });

  it("make each component a user of its own, and only one an administrator", () => {
    const subjects = certificateRequests(cluster)
      .filter(({ usage }) => usage === "clientAuth")
      .map(({ file }) => certificate(file).subject);
    assert.equal(new Set(subjects).size, subjects.length);
    assert.deepEqual(
      subjects.filter((subject) => subject.includes("system:masters")),
      ["O=system:masters\nCN=admin"],
    );
    assert.ok(subjects.includes("O=system:nodes\nCN=system:node:node-2"));
  });

  it("name the addresses servers are called by", () => {
    const apiServer = certificate("kube-apiserver");
    for (const address of [cluster.controlPlane.address, cluster.apiServiceAddress]) {
      assert.ok(apiServer.checkIP(address), address);
    }
    assert.ok(apiServer.checkHost("kubernetes.default.svc.cluster.local"));
    assert.ok(certificate("node-3-kubelet-server").checkIP("10.255.3.13"));
    assert.ok(!certificate("node-3-kubelet-server").checkIP("10.255.3.12"));
  });

  it("lie with their keys where only their owner can read them", () => {
    assert.equal(fs.statSync(cluster.pki).mode & 0o777, 0o700);
    for (const file of fs.readdirSync(cluster.pki)) {
      assert.equal(fs.statSync(path.join(cluster.pki, file)).mode & 0o777, 0o600, file);
    }
  });

  it("stay the same once they exist", async () => {
    const before = certificate("kube-apiserver").fingerprint256;
    await ensureCertificates(cluster);
    assert.equal(certificate("kube-apiserver").fingerprint256, before);
  });

  it("are embedded in kubeconfigs", () => {
    const file = path.join(root, "kubeconfig");
    writeKubeconfig(cluster, "admin", file);
    assert.equal(fs.statSync(file).mode & 0o777, 0o600);
    const config = new KubeConfig();
    config.loadFromFile(file);
    assert.equal(config.getCurrentContext(), "nats-platform-test");
    assert.equal(config.getCurrentCluster()?.server, "https://10.255.3.2:6443");
    const embedded = new X509Certificate(Buffer.from(config.getCurrentUser()?.certData ?? "", "base64"));
    assert.equal(embedded.fingerprint256, certificate("admin").fingerprint256);
    assert.equal(config.getCurrentUser()?.certFile, undefined);
  });
});

describe("encryption of Secrets", () => {
  it("uses a 32-byte key first, and can read what is in the clear", () => {
    const config = JSON.parse(encryptionConfiguration(Buffer.alloc(32, 7)));
    const [secretbox, identity] = config.resources[0].providers;
    assert.deepEqual(config.resources[0].resources, ["secrets"]);
    assert.equal(Buffer.from(secretbox.secretbox.keys[0].secret, "base64").length, 32);
    assert.deepEqual(identity, { identity: {} });
  });
});
