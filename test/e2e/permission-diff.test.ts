import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Comparison } from "../../commands/permission-diff/compare";

const project = join(__dirname, "..", "..");

/** A change of a file: a text of it, and what it becomes. */
type Edit = readonly [file: string, from: string, to: string];

const annotation: Edit = [
  "components/demo/demo-tenant.ts",
  "{ [subjectAnnotations.publish]: extraSubject }",
  '{ [subjectAnnotations.publish]: extraSubject + (app === "report" ? ",shared.*.urgent" : "") }',
];
const networkPolicy: Edit = [
  "Pulumi.dev-tenant-acme.yaml",
  "    instances: 2\n",
  "    instances: 2\n    workerNamespaces: true\n",
];

/** The whole command, in a repository with this project as it is in its work tree. */
describe("permission-diff", function () {
  this.timeout(600_000);

  const folder = mkdtempSync(join(tmpdir(), "permission-diff-test-"));
  const repository = join(folder, "repository");
  const git = (...args: string[]) =>
    execFileSync("git", ["-C", repository, "-c", "user.name=test", "-c", "user.email=test@example.com", ...args], {
      encoding: "utf8",
    });

  before(() => {
    const files = execFileSync(
      "git",
      ["-C", project, "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate"],
      { encoding: "utf8" },
    );
    for (const file of files.split("\0").filter(Boolean)) {
      mkdirSync(dirname(join(repository, file)), { recursive: true });
      cpSync(join(project, file), join(repository, file));
    }
    execFileSync("git", ["init", "--quiet", "--initial-branch=main", repository]);
    git("add", "--all");
    git("commit", "--quiet", "--message", "base");
    symlinkSync(join(project, "node_modules"), join(repository, "node_modules"));
    writeFileSync(join(repository, ".git", "info", "exclude"), "node_modules\n");
  });

  after(() => rmSync(folder, { recursive: true, force: true }));

  beforeEach(() => git("checkout", "--quiet", "--force", "-B", "change", "main"));

  function edit([file, from, to]: Edit): void {
    const path = join(repository, file);
    const text = readFileSync(path, "utf8");
    assert.ok(text.includes(from), `${file} has ${from}`);
    writeFileSync(
      path,
      text.replace(from, () => to),
    );
  }

  /** What the command prints, and that it leaves nothing behind. */
  async function run(...options: string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
    const temporary = join(folder, "tmp");
    mkdirSync(temporary, { recursive: true });
    const state = () => [git("status", "--porcelain"), git("worktree", "list"), git("rev-parse", "HEAD")].join();
    const before = state();
    const child = spawn(
      process.execPath,
      ["--require", "@swc-node/register", "commands/permission-diff/main.ts", ...options],
      {
        cwd: repository,
        env: { ...process.env, TMPDIR: temporary, TEST_TOKEN: "not-for-branches" },
      },
    );
    const output = { stdout: "", stderr: "" };
    for (const stream of ["stdout", "stderr"] as const) child[stream].on("data", (data) => (output[stream] += data));
    const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
    assert.equal(state(), before, "the checkout is as it was");
    assert.deepEqual(
      readdirSync(temporary).filter((name) => name.startsWith("nats-platform")),
      [],
    );
    return { code, ...output };
  }

  /** Cells of the table below a heading. */
  function rowsOf(markdown: string, heading: string): string[][] {
    const [, section = ""] = markdown.split(`### ${heading} (`);
    const lines =
      section
        .split("\n### ")[0]
        ?.split("\n")
        .filter((line) => line.startsWith("| `")) ?? [];
    return lines.map((line) => line.slice(2, -2).split(" | "));
  }

  it("of a branch that widens one annotation and one NetworkPolicy shows exactly those two, first", async () => {
    edit(annotation);
    edit(networkPolicy);
    git("commit", "--quiet", "--all", "--message", "widens");
    const { code, stdout, stderr } = await run();
    assert.equal(code, 0, stderr);
    assert.deepEqual(rowsOf(stdout, "Widens"), [
      [
        "`dev-demo`",
        "`ServiceAccount acme-apps/report (tenant acme)`",
        "`publish shared.*.urgent`",
        "`nothing` → `shared.*.urgent`",
      ],
      [
        "`dev-tenant-acme`",
        "`pods app=nats,tenant-id=acme in vrsky-tenants: Deployment vrsky-tenants/nats-acme-1, Deployment vrsky-tenants/nats-acme-2`",
        "`ingress from pods tenant-id=acme in namespaces nats-platform/tenant=acme (vrsky-tenants/tenant-nats-isolation-acme)`",
        "`closed` → `TCP 4222`",
      ],
    ]);
    assert.deepEqual(stdout.match(/^### .*/gm), ["### Widens (2)"], "and nothing else");
  });

  it("says in one line that nothing changes, also where policies are called otherwise", async () => {
    edit(["components/tenant/network-policies.ts", "return `tenant-nats-isolation-", "return `around-"]);
    const { code, stdout, stderr } = await run();
    assert.equal(code, 0, stderr);
    assert.match(
      stdout,
      /^\*\*Permission diff\*\*: nothing changes \(`merge base with main \([0-9a-f]{12}\)` → `work tree`, 6 stacks\)\.\n$/,
    );
  });

  it("shows the callout's own code that lets more in, a role, and what narrows", async () => {
    edit([
      "services/auth-callout/permissions.ts",
      "publish: [own, ...publish.subjects]",
      'publish: [own, "anything.>", ...publish.subjects]',
    ]);
    edit(["components/tenant/roles.ts", '  "$JS.API.META.>",\n', ""]);
    edit([
      "Pulumi.dev-tenant-globex.yaml",
      "      - { name: admin, role: admin }",
      "      - { name: admin, role: worker }",
    ]);
    git("commit", "--quiet", "--all", "--message", "callout");
    git("checkout", "--quiet", "main");
    const { code, stdout, stderr } = await run("--head", "change", "--json");
    assert.equal(code, 0, stderr);
    const { widens, narrows, presences, gaps } = JSON.parse(stdout) as Comparison;
    const accounts = ["acme-apps/orders", "acme-apps/report", "globex-apps/orders", "globex-apps/report"];
    assert.deepEqual(
      widens.map(({ who, what }) => `${who}: ${what}`),
      [
        ...accounts.map((name) => `ServiceAccount ${name} (tenant ${name.split("-")[0]}): publish anything.>`),
        "account tenant-acme, role app: publish $JS.API.META.>",
        "account tenant-acme, role worker: publish $JS.API.META.>",
        "account tenant-globex, role app: publish $JS.API.META.>",
        "account tenant-globex, role worker: publish $JS.API.META.>",
      ],
    );
    assert.ok(narrows.length > 5);
    assert.deepEqual([...new Set(narrows.map(({ who }) => who))], ["account tenant-globex, user admin"]);
    // The callout's code is another, and what else it does nobody has looked at.
    const callouts = ["dev", "prod"].map((stack) => {
      return `stack ${stack}: Deployment auth-callout is not the same on both sides; what it comes to is not looked at`;
    });
    assert.deepEqual([presences, gaps], [[], callouts]);
  });

  it("compares the rest where a stack of the head cannot be run, says which, and fails", async () => {
    edit(annotation);
    edit(["Pulumi.dev-tenant-globex.yaml", "environment: dev", "environment: dev\n    instances: many"]);
    const { code, stdout } = await run();
    assert.equal(code, 1);
    assert.deepEqual(
      rowsOf(stdout, "Widens").map(([stack]) => stack),
      ["`dev-demo`"],
    );
    assert.match(stdout, /### Not evaluated \(1\)[\s\S]*`head: stack dev-tenant-globex: .*tenant\.instances = "many"/);
  });

  it("fails where the head's program does not load, which is not told what this process's environment holds", async () => {
    edit([
      "stacks/index.ts",
      "/** Runs the",
      'throw new Error("the token is " + process.env.TEST_TOKEN);\n/** Runs the',
    ]);
    const { code, stdout, stderr } = await run();
    assert.equal(code, 1);
    assert.equal(stdout, "");
    assert.match(stderr, /error: the head, work tree, cannot be evaluated: .*the token is undefined/);
  });

  it("refuses a base that there is not, naming it and what to do", async () => {
    const { code, stdout, stderr } = await run("--base", "origin/nowhere");
    assert.deepEqual([code, stdout], [2, ""]);
    assert.match(stderr, /--base is "origin\/nowhere", and there is no such commit here: name .* git fetch first/);
  });
});
