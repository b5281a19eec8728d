import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import {
  ensureDebianPackages,
  hostPrograms,
  missingPrograms,
  type PackageHost,
  packagesOf,
} from "../../../local/debian";

describe("Debian packages", () => {
  let bin: string;
  let calls: string[];

  const install = (...programs: string[]) => {
    for (const name of programs) {
      // Any static program stands for busybox; the others need only be executable.
      const content = hostPrograms[name]?.accepts ? staticElf() : "#!/bin/sh\n";
      fs.writeFileSync(path.join(bin, name), content, { mode: 0o755 });
    }
  };
  const host = (onInstall: () => void = () => {}, canInstall = true): PackageHost => ({
    path: [bin],
    canInstall,
    run: async (command, args) => {
      calls.push([command, ...args].join(" "));
      if (args[0] === "install") onInstall();
    },
  });

  beforeEach(() => {
    bin = fs.mkdtempSync(path.join(os.tmpdir(), "nats-platform-debian-"));
    calls = [];
  });
  afterEach(() => fs.rmSync(bin, { recursive: true, force: true }));

  it("calls nothing when all programs are there", async () => {
    install(...Object.keys(hostPrograms));
    assert.deepEqual(await ensureDebianPackages(undefined, host()), []);
    assert.deepEqual(calls, []);
  });

  it("updates once, then installs exactly what is missing", async () => {
    const all = Object.keys(hostPrograms);
    install(...all.filter((name) => name !== "runc" && name !== "ipset"));
    const said: string[] = [];
    const installed = await ensureDebianPackages(
      (message) => said.push(message),
      host(() => install("runc", "ipset")),
    );
    assert.deepEqual(installed, ["ipset", "runc"]);
    assert.equal(calls.length, 2);
    assert.match(calls[0] ?? "", /^apt-get update/);
    assert.match(calls[1] ?? "", /^apt-get install .*-y .* ipset runc$/);
    assert.deepEqual(said, ["installing Debian packages: ipset, runc"]);
  });

  it("names the command to run where it may not install", async () => {
    install(...Object.keys(hostPrograms).filter((name) => name !== "nsenter" && name !== "unshare" && name !== "runc"));
    await assert.rejects(
      ensureDebianPackages(undefined, host(undefined, false)),
      /not found: unshare, nsenter, runc\. Install them as root: apt-get install util-linux runc /,
    );
    assert.deepEqual(calls, []);
  });

  it("does not take a busybox that needs a C library", () => {
    install(...Object.keys(hostPrograms));
    fs.writeFileSync(path.join(bin, "busybox"), "#!/bin/sh\n", { mode: 0o755 });
    assert.deepEqual(missingPrograms([bin]), ["busybox"]);
    assert.deepEqual(packagesOf(["busybox"]), ["busybox-static"]);
  });

  it("reports both apt-get commands when they fail", async () => {
    const failing: PackageHost = {
      ...host(),
      run: async (_command, args) => {
        throw new Error(`${args[0]} did not work`);
      },
    };
    await assert.rejects(
      ensureDebianPackages(undefined, failing),
      /install did not work; before it, update did not work/,
    );
  });

  it("says so when what was installed is not on PATH", async () => {
    install(...Object.keys(hostPrograms).filter((name) => name !== "conntrack"));
    await assert.rejects(ensureDebianPackages(undefined, host()), /conntrack cannot be found: add \/usr\/sbin/);
  });
});

/** A 64-bit ELF header with one program header that is no interpreter. */
function staticElf(): Buffer {
  const elf = Buffer.alloc(64 + 56);
  elf.set([0x7f, 0x45, 0x4c, 0x46, 2, 1]);
  elf.writeBigUInt64LE(64n, 32);
  elf.writeUInt16LE(56, 54);
  elf.writeUInt16LE(1, 56);
  elf.writeUInt32LE(1, 64);
  return elf;
}
