import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { resolve } from "node:path";
import { asksForJson, callProblem } from "../../../../commands/ctl/call-problem";

const root = resolve(__dirname, "../../../..");

/** Calls the tool in a shell, which may do something with its output. */
function ctl(line: string, redirect = "") {
  const command = `"$NODE" --require @swc-node/register commands/ctl/main.ts ${line} ${redirect}`;
  const env = { ...process.env, NODE: process.execPath, STACK: "", DEBUG: "" };
  return spawnSync("bash", ["-c", command], { cwd: root, env, encoding: "utf8" });
}

describe("ctl, called wrongly", function () {
  this.timeout(60_000);

  const cases: [string, RegExp][] = [
    ["backup --stack dev --to a --to b", /--to is given 2 times; it takes one value/],
    ["backup --stack dev --to a --to.x=1", /Unknown argument: to\.x/],
    ["backup --stack dev --to ''", /--to is empty; give it a value, or leave it out/],
    ["backup --stack dev --to a --no-streams", /Unknown arguments: no-streams/],
    ["health", /--stack is empty/],
  ];
  for (const [line, says] of cases) {
    it(`${line}: exit code 2 and what is wrong`, () => {
      const { status, stdout, stderr } = ctl(line);
      assert.deepEqual([status, stdout], [2, ""], stderr);
      assert.match(stderr, says);
      assert.equal(stderr.trim().split("\n").length, 1, stderr);
    });
  }

  for (const line of ["nosuch --json=true", "backup --to '' --json --stack dev"]) {
    it(`${line}: a document all the same`, () => {
      const { status, stdout, stderr } = ctl(line);
      assert.deepEqual([status, stderr], [2, ""]);
      assert.equal(JSON.parse(stdout).ok, false);
    });
  }
});

describe("values of arguments and options", () => {
  const declared = {
    name: { type: "string" },
    streams: { type: "string", array: true },
    timeout: { type: "number" },
    json: { type: "boolean" },
  } as const;

  it("are taken once, a list as often as it is given", () => {
    assert.equal(callProblem({ name: "a", streams: ["A", "B"], timeout: 0, json: false }, declared), undefined);
    assert.equal(callProblem({}, declared), undefined);
    assert.match(callProblem({ json: [true, true] }, declared) ?? "", /^--json is given 2 times/);
  });

  it("are not empty, and numbers where those are wanted", () => {
    assert.match(callProblem({ name: "" }, declared) ?? "", /^--name is empty/);
    assert.match(callProblem({ streams: ["A", ""] }, declared) ?? "", /^--streams is empty/);
    assert.match(callProblem({ timeout: Number.NaN }, declared) ?? "", /^--timeout must be a number/);
  });

  it("say whether JSON is wanted, also beside what cannot be parsed", () => {
    for (const args of [
      ["x", "--json"],
      ["--json=true", "x"],
      ["--json=false", "--json"],
    ])
      assert.ok(asksForJson(args));
    for (const args of [["x"], ["--json=false"], ["--json", "false"]]) assert.ok(!asksForJson(args));
  });
});

describe("ctl, where output cannot be written", function () {
  this.timeout(60_000);

  it("fails when the disk is full", () => {
    const { status, stderr } = ctl("--help", "> /dev/full");
    assert.equal(status, 1);
    assert.match(stderr, /^error: the output cannot be written: .*ENOSPC.*\n$/);
  });

  /** What a program does that has guarded its output. */
  const guarded = (json: boolean, script: string, redirect = "") => {
    const code = `require("./commands/ctl/guard-output").guardOutput(${json}); ${script}`;
    const env = { ...process.env, NODE: process.execPath, CODE: code };
    const command = `"$NODE" --require @swc-node/register -e "$CODE" ${redirect}`;
    return spawnSync("bash", ["-c", command], { cwd: root, env, encoding: "utf8" });
  };

  it("ends quietly when nobody reads on", () => {
    const follow = "setInterval(() => process.stdout.write('line\\n'), 10)";
    const { stdout, stderr } = guarded(false, follow, `| head -n 1; echo "\${PIPESTATUS[0]}"`);
    assert.deepEqual([stdout, stderr], ["line\n141\n", ""]);
  });

  it("goes on when stderr is closed", () => {
    const work =
      "let n = 0; const t = setInterval(() => { process.stderr.write('x'); if (++n > 20) { clearInterval(t); console.log('done'); } }, 10)";
    assert.equal(guarded(false, work, "2> >(true)").stdout, "done\n");
  });

  const interrupt = "setInterval(() => {}, 1000); process.kill(process.pid, 'SIGINT')";

  it("says in its document that it was interrupted", () => {
    const { status, stdout } = guarded(true, interrupt);
    assert.deepEqual([status, stdout], [130, '{"ok":false,"error":"interrupted"}\n']);
  });

  it("leaves an interruption to what has something to close, and never prints two documents", () => {
    const closing = "process.once('SIGINT', () => setTimeout(() => process.exit(130), 50));";
    assert.equal(guarded(true, closing + interrupt).stdout, '{"ok":false,"error":"interrupted"}\n');
    assert.equal(guarded(true, `console.log('{}'); ${closing} ${interrupt}`).stdout, "{}\n");
    const ending = "process.once('SIGINT', () => process.exit(0));";
    assert.deepEqual([guarded(true, ending + interrupt).status, guarded(true, ending + interrupt).stdout], [0, ""]);
  });
});
