import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

interface Job {
  readonly if?: string;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly environment?: string;
  readonly steps: readonly Step[];
}

interface Workflow {
  readonly on: unknown;
  readonly permissions: unknown;
  readonly defaults: { readonly run: { readonly shell: string } };
  readonly jobs: Readonly<Record<string, Job>>;
}

const root = join(__dirname, "..", "..");
const text = readFileSync(join(root, ".github/workflows/pull-request.yml"), "utf8");
const workflow = parse(text) as Workflow;
const jobs = Object.entries(workflow.jobs);
const scripts = Object.keys(
  (JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { scripts: object }).scripts,
);

const sameRepository = /github\.event\.pull_request\.head\.repo\.full_name == github\.repository/;

describe("the workflow of pull requests", () => {
  it("takes actions by commit only, each with its version", () => {
    const uses = text.match(/uses: .*/g) ?? [];
    assert.ok(uses.length > 0);
    for (const line of uses) assert.match(line, /^uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+/);
  });

  it("runs with what a fork may have, and no job does more than it says", () => {
    assert.equal(workflow.on, "pull_request");
    assert.deepEqual(workflow.permissions, { contents: "read" });
    const more = jobs.filter(([, job]) => job.permissions).map(([name, job]) => [name, job.permissions]);
    assert.deepEqual(more, [["comment", { "pull-requests": "write" }]]);
  });

  it("has secrets in one job, behind an environment, and not for forks", () => {
    const withSecrets = jobs.filter(([, job]) => JSON.stringify(job).includes("secrets."));
    assert.deepEqual(
      withSecrets.map(([name, { environment }]) => [name, environment]),
      [["preview", "preview"]],
    );
    for (const [, job] of withSecrets) assert.match(job.if ?? "", sameRepository);
  });

  it("runs no code of the change where it may write", () => {
    const { comment } = workflow.jobs;
    assert.match(comment?.if ?? "", sameRepository);
    assert.ok((comment?.steps.length ?? 0) > 0);
    for (const { uses = "", run = "" } of comment?.steps ?? []) {
      assert.doesNotMatch(uses, /checkout/);
      assert.doesNotMatch(run, /npm|npx|make /);
    }
  });

  it("leaves no credentials where code of the change could find them, and puts nothing of the change into a script", () => {
    const steps = jobs.flatMap(([, job]) => job.steps);
    const checkouts = steps.filter(({ uses }) => uses?.startsWith("actions/checkout@"));
    assert.ok(checkouts.length > 0);
    for (const step of checkouts) assert.equal(step.with?.["persist-credentials"], false);
    for (const { run = "" } of steps) assert.doesNotMatch(run, /\$\{\{/);
  });

  it("has the base's own comparison judge the change", () => {
    const [checkout] = workflow.jobs.permissions?.steps ?? [];
    assert.match(String(checkout?.with?.ref), /^\$\{\{ github\.event\.pull_request\.base\.sha \}\}$/);
  });

  it("fails where a command before a pipe fails", () => assert.equal(workflow.defaults.run.shell, "bash"));

  it("runs scripts that there are, and so does GitLab's of docs/policies.md", () => {
    const docs = readFileSync(join(root, "docs/policies.md"), "utf8");
    const gitlab = parse(/```yaml\n(check:[\s\S]*?)```/.exec(docs)?.[1] ?? "") as Record<string, { script: string[] }>;
    const scriptsOf = Object.values(gitlab).flatMap(({ script }) => script);
    const run = [...scriptsOf, ...jobs.flatMap(([, job]) => job.steps.flatMap((step) => step.run ?? []))].join("\n");
    const called = [...run.matchAll(/npm run (?:-s )?([\w:-]+)/g)].flatMap(([, name]) => name ?? []);
    assert.ok(called.length >= 10);
    for (const name of called) assert.ok(scripts.includes(name), `there is no script ${name}`);
  });
});
