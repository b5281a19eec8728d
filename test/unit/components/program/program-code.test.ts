import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { codeKey, compressProgram, programCommand } from "../../../../components/program/program-code";

describe("compressProgram", () => {
  it("gives the same bytes and name for the same source, another name for another", () => {
    assert.deepEqual(compressProgram("a", "console.log(1)"), compressProgram("a", "console.log(1)"));
    assert.notEqual(compressProgram("a", "console.log(1)").digest, compressProgram("a", "console.log(2)").digest);
  });

  it("refuses what does not fit into a ConfigMap, and says how much would", () => {
    const incompressible = randomBytes(1024 * 1024).toString("base64");
    assert.throws(
      () => compressProgram("big", incompressible),
      /program big is \d+ bytes when compressed; at most \d+ fit/,
    );
  });

  it("is unpacked and run by the command, as Node runs a CommonJS file", () => {
    const dir = mkdtempSync(join(tmpdir(), "program-"));
    try {
      const source =
        'exports.x = 1; console.log(typeof require("node:fs").readFileSync, module.exports.x, __filename, "ü");';
      writeFileSync(join(dir, codeKey), Buffer.from(compressProgram("a", source).compressed, "base64"));
      const [, ...args] = programCommand(dir);
      assert.equal(execFileSync(process.execPath, args).toString(), `function 1 ${dir}/program.cjs ü\n`);
    } finally {
      rmSync(dir, { recursive: true });
    }
  });
});
