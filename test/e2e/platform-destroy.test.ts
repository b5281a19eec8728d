import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ApiException } from "@kubernetes/client-node";
import { encodeOperator } from "@nats-io/jwt";
import { createOperator } from "@nats-io/nkeys";
import { prepare } from "../../commands/prepare";
import * as localCluster from "../../local/cluster";
import { assertVerified, cluster, core, eventually, namespace, stack, target, up } from "./support/platform";
import { variants } from "./variants";

/** A CA and one certificate that is good for every name a server is reached by, made anew by openssl. */
function certificate(): Record<"tls.crt" | "tls.key" | "ca.crt", string> {
  const folder = mkdtempSync(join(tmpdir(), "nats-tls-"));
  const openssl = (...args: string[]) => execFileSync("openssl", args, { cwd: folder, stdio: "pipe" });
  const names = [
    "localhost",
    `nats.${namespace}.svc.cluster.local`,
    "*.nats-headless",
    `*.nats-headless.${namespace}.svc.cluster.local`,
  ];
  const newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"];
  try {
    openssl("req", "-x509", ...newKey, "-subj", "/CN=test CA", "-keyout", "ca.key", "-out", "ca.crt");
    const san = names.map((name) => `DNS:${name}`).join(",");
    const signed = ["-CA", "ca.crt", "-CAkey", "ca.key", "-addext", `subjectAltName=${san}`];
    openssl("req", "-x509", ...newKey, ...signed, "-subj", "/CN=nats", "-keyout", "tls.key", "-out", "tls.crt");
    const read = (file: string) => readFileSync(join(folder, file)).toString("base64");
    return { "tls.crt": read("tls.crt"), "tls.key": read("tls.key"), "ca.crt": read("ca.crt") };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function namespaceExists(): Promise<boolean> {
  try {
    await core().readNamespace({ name: namespace });
    return true;
  } catch (error) {
    if (error instanceof ApiException && error.code === 404) return false;
    throw error;
  }
}

async function assertNothingLeft(): Promise<void> {
  const { items } = await core().listNamespace();
  const known = ["default", "kube-node-lease", "kube-public", "kube-system"];
  assert.deepEqual(
    items.map(({ metadata }) => metadata?.name).filter((name) => !known.includes(name ?? "")),
    [],
  );
  await eventually("no volume left", async () => (await core().listPersistentVolume()).items.length === 0);
}

describe("platform, destroyed", () => {
  before("up", () => up());

  after("the cluster is not needed any more", () => localCluster.down(cluster));

  it("leaves nothing in the cluster and nothing in the stack", async () => {
    const opened = await stack();
    await opened.destroy();
    await assertNothingLeft();
    assert.deepEqual((await opened.exportStack()).deployment.resources ?? [], []);
  });

  it("comes up again, with TLS on every port", async () => {
    const done = up(variants.tls);
    await eventually("the namespace exists", namespaceExists);
    const metadata = { name: "nats-tls" };
    await core().createNamespacedSecret({
      namespace,
      body: { metadata, type: "kubernetes.io/tls", data: certificate() },
    });
    await done;
    await assertVerified();
  });

  it("is destroyed from there too", async () => {
    await (await stack(variants.tls)).destroy();
    await assertNothingLeft();
  });

  it("comes up under an operator of one's own", async () => {
    const [operator, signing] = [createOperator(), createOperator()];
    const jwt = await encodeOperator("own", operator, { signing_keys: [signing.getPublicKey()] });
    await prepare(target);
    const opened = await stack({ operatorJwt: jwt });
    await opened.setConfig("operatorSigningKey", { value: new TextDecoder().decode(signing.getSeed()), secret: true });
    const { outputs } = await opened.up();
    assert.equal(outputs.operatorPublicKey?.value, operator.getPublicKey());
    await assertVerified();
    await (await stack()).destroy();
    await assertNothingLeft();
  });
});
