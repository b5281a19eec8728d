import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { linkDir, moduleDir, tool, toolDir, toolsBin } from "../../../../local/tools/paths";
import { sourceTable } from "../../../../local/tools/sources";
import { providerOf, type ToolSpec, toolNames, toolSpec, toolTable } from "../../../../local/tools/table";

const rows: readonly ToolSpec[] = toolTable;
const goMod = (spec: ToolSpec) => fs.readFileSync(path.join(moduleDir(spec), "go.mod"), "utf8");

describe("table of tools", () => {
  for (const spec of rows) {
    describe(spec.name, () => {
      it("pins the version it names", () => {
        // Calico's release has no module version of its own: the commit pins it.
        const pinned = spec.name === "calico" ? spec.version.split("-")[1] : spec.version;
        const lines = goMod(spec).split("\n");
        for (const pkg of Object.values(spec.binaries)) {
          const required = lines.some((line) => {
            const [module, version] = line
              .trim()
              .replace(/^require /, "")
              .split(" ");
            return module && version && `${pkg}/`.startsWith(`${module}/`) && version.endsWith(pinned ?? "");
          });
          assert.ok(required, `go.mod requires no module of ${pkg} at ${pinned}`);
        }
      });

      it("declares its packages as tools of its module", () => {
        const declared = [...goMod(spec).matchAll(/^(?:tool |\t)([^\s(]+)$/gm)].map((match) => match[1]);
        assert.deepEqual(declared.sort(), Object.values(spec.binaries).sort());
      });

      it("has checksums for its modules", () => {
        assert.match(fs.readFileSync(path.join(moduleDir(spec), "go.sum"), "utf8"), /^\S+ v\S+ h1:\S+=$/m);
      });

      it("stamps no other version than its own", () => {
        const [major = "", minor = ""] = spec.version.slice(1).split(".");
        for (const stamp of spec.stamps ?? []) {
          const value = stamp.split("=")[1] ?? "";
          assert.ok([spec.version, spec.version.slice(1), major, minor].includes(value), stamp);
        }
      });
    });
  }

  it("lists no binary twice", () => {
    const binaries = rows.flatMap((spec) => Object.keys(spec.binaries));
    assert.equal(new Set(binaries).size, binaries.length);
  });

  it("has a folder for every module and a row for every folder", () => {
    const folders = fs.readdirSync(path.dirname(moduleDir({ name: "x" })));
    assert.deepEqual(folders.sort(), [...toolNames(), ...Object.keys(sourceTable)].sort());
  });

  it("is in the order builds are started: the longest first", () => {
    const seconds = rows.map((spec) => spec.coldSeconds);
    assert.deepEqual(
      seconds,
      [...seconds].sort((a, b) => b - a),
    );
  });

  it("selects by purpose", () => {
    assert.deepEqual(toolNames("charts"), ["helm"]);
    assert.deepEqual(toolNames("tests"), ["gofakes3"]);
    assert.deepEqual(toolNames("deploy"), ["pulumi", "pulumi-language-nodejs"]);
    assert.equal(toolNames("cluster", "images", "deploy", "charts", "tests").length, toolNames().length);
  });

  it("finds binaries where they are linked", () => {
    assert.equal(tool("kube-apiserver"), path.join(toolsBin(), "kube-apiserver"));
    assert.equal(providerOf("kube-apiserver").name, "kubernetes");
    assert.match(toolDir(toolSpec("etcd")), /\/tools\/etcd-v3\.6\.5$/);
  });

  it("keeps the language host out of the folder on PATH", () => {
    assert.notEqual(linkDir(toolSpec("pulumi-language-nodejs")), toolsBin());
    assert.equal(path.dirname(tool("pulumi-language-nodejs")), linkDir(toolSpec("pulumi-language-nodejs")));
  });

  it("names what it knows when asked for something else", () => {
    assert.throws(() => toolSpec("kubectl"), /"kubectl" is not known; accepted: kubernetes, pulumi, /);
  });
});
