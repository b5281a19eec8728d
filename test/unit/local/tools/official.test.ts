import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { findOfficial, isNewer, searchPath, versionFits } from "../../../../local/tools/official";
import { toolsBin } from "../../../../local/tools/paths";
import { type ToolName, type ToolSpec, toolSpec } from "../../../../local/tools/table";
import { withEnv } from "./fake-go";

/** What official binaries print. */
const printed: Partial<Record<ToolName, string>> = {
  kubernetes: "Kubernetes v1.36.3\n",
  pulumi: "v3.246.0\n",
  coredns: "CoreDNS-1.12.4\nlinux/amd64, go1.24.5, 1a2b3c4\n",
  helm: "v3.20.2+gabcdef1\n",
  containerd: "containerd github.com/containerd/containerd/v2 v2.1.4 75cb2b7193e4e490e9fbdc236c0e811ccaba3376\n",
  etcd: "etcd Version: 3.6.5\nGit SHA: a061450\nGo Version: go1.24.7\n",
  natscli: "0.1.6\n",
  "nats-server": "nats-server: v2.14.2\n",
  "prometheus-nats-exporter": "prometheus-nats-exporter version 0.20.1\n",
  "nats-server-config-reloader": "NATS Server Config Reloader v0.23.0 (f6dad09, 2026-04-29)\n",
};

describe("official binaries", () => {
  let root: string;
  let bin: string;
  let restore: () => void;

  beforeEach(() => {
    root = fs.mkdtempSync(path.join(os.tmpdir(), "nats-platform-official-"));
    bin = path.join(root, "bin");
    fs.mkdirSync(bin);
    restore = withEnv({ PATH: bin, NATS_PLATFORM_CACHE: path.join(root, "cache") });
  });
  afterEach(() => {
    restore();
    fs.rmSync(root, { recursive: true, force: true });
  });

  const place = (spec: ToolSpec, text: string, dir = bin) => {
    for (const name of Object.keys(spec.binaries)) {
      fs.writeFileSync(path.join(dir, name), `#!/bin/sh\nprintf '%s' '${text}'\n`, { mode: 0o755 });
    }
  };

  for (const [name, text] of Object.entries(printed)) {
    it(`knows ${name} by what it prints`, () => {
      const spec = toolSpec(name);
      assert.ok(spec.probe);
      assert.equal(versionFits(spec.probe, text, spec.version), true);
      const patch = /(\d+)(?=\D*$)/;
      assert.equal(
        versionFits({ ...spec.probe, newerAccepted: false }, text, spec.version.replace(patch, "99")),
        false,
      );
      assert.equal(versionFits(spec.probe, "", spec.version), false);
    });
  }

  it("knows containerd's shim, which prints its version over several lines", () => {
    const spec = toolSpec("containerd");
    assert.ok(spec.probe);
    const text = "containerd-shim-runc-v2:\n  Version:  v2.1.4\n  Revision: 75cb2b7\n  Go version: go1.24.5\n";
    assert.equal(versionFits(spec.probe, text, spec.version), true);
  });

  it("takes all binaries of a tool or none", async () => {
    const spec = toolSpec("etcd");
    assert.equal(await findOfficial(spec), undefined);
    place(spec, printed.etcd ?? "");
    assert.deepEqual(await findOfficial(spec), { etcd: path.join(bin, "etcd") });

    const kubernetes = toolSpec("kubernetes");
    place(kubernetes, printed.kubernetes ?? "");
    assert.equal(Object.keys((await findOfficial(kubernetes)) ?? {}).length, 5);
    fs.rmSync(path.join(bin, "kubelet"));
    assert.equal(await findOfficial(kubernetes), undefined);
  });

  it("does not take another version", async () => {
    const spec = toolSpec("etcd");
    place(spec, "etcd Version: 3.6.50\n");
    assert.equal(await findOfficial(spec), undefined);
  });

  it("does not take what tells no version, or cannot be run", async () => {
    place(toolSpec("cni-plugins"), "CNI loopback plugin v1.9.1\n");
    assert.equal(await findOfficial(toolSpec("cni-plugins")), undefined);
    place(toolSpec("etcd"), "x");
    fs.writeFileSync(path.join(bin, "etcd"), "no program", { mode: 0o755 });
    assert.equal(await findOfficial(toolSpec("etcd")), undefined);
  });

  it("does not put a binary that needs a C library into images", async () => {
    place(toolSpec("nats-server"), printed["nats-server"] ?? "");
    assert.equal(await findOfficial(toolSpec("nats-server")), undefined);
  });

  it("takes a newer Pulumi, and the language host beside it only", async () => {
    const host = toolSpec("pulumi-language-nodejs");
    place(toolSpec("pulumi"), "v3.300.1\n");
    assert.ok(await findOfficial(toolSpec("pulumi")));
    assert.equal(await findOfficial(host), undefined);
    place(host, "");
    assert.ok(await findOfficial(host));

    place(toolSpec("pulumi"), "v3.245.9\n");
    assert.equal(await findOfficial(toolSpec("pulumi")), undefined);
    assert.equal(await findOfficial(host), undefined);
  });

  it("does not take a language host of another folder", async () => {
    const other = path.join(root, "other");
    fs.mkdirSync(other);
    place(toolSpec("pulumi"), "v3.246.0\n");
    place(toolSpec("pulumi-language-nodejs"), "", other);
    process.env.PATH = `${bin}:${other}`;
    assert.equal(await findOfficial(toolSpec("pulumi-language-nodejs")), undefined);
  });

  it("does not take what this project has built for official", () => {
    fs.mkdirSync(toolsBin(), { recursive: true });
    place(toolSpec("etcd"), "", toolsBin());
    assert.equal(searchPath("etcd", { PATH: toolsBin() }), undefined);
    assert.equal(searchPath("etcd", { PATH: `relative::${toolsBin()}:${bin}` }), undefined);
    place(toolSpec("etcd"), "");
    assert.equal(searchPath("etcd", { PATH: `${toolsBin()}:${bin}` }), path.join(bin, "etcd"));
  });

  it("compares versions by number", () => {
    for (const [a, b] of [
      ["3.300.0", "3.246.0"],
      ["4.0.0", "3.246.0"],
      ["3.246.1", "3.246.0"],
      ["1.26", "1.25.9"],
    ] as const) {
      assert.equal(isNewer(a, b), true, `${a} > ${b}`);
      assert.equal(isNewer(b, a), false, `${b} < ${a}`);
    }
    assert.equal(isNewer("3.246.0", "3.246.0"), false);
    assert.equal(isNewer("3.247.0-alpha.1", "3.246.0"), false);
  });
});
