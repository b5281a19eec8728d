import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { describeError, oneLine } from "../../services/text";
import { onInterrupt } from "../on-interrupt";
import { runTool, UsageError } from "../run-tool";
import { projectRoot } from "../target";
import { checkOut } from "./checkout";
import { compareSides } from "./compare";
import { type Commit, findCommit, mergeBase } from "./git";
import type { SideFacts } from "./program/facts";
import { formatComparison } from "./report";
import { evaluateSide } from "./side";

const usage = `usage: make permission-diff, or npm run -s permission-diff -- [--base ref] [--head ref] [--json]
  --base  what to compare with; without it, where the head left origin/main, or main
  --head  a commit; without it, the files as they are in the work tree
  --json  print one JSON document instead of Markdown
  --help  print this
exit code: 0 compared, whatever came of it, 1 a side cannot be evaluated, 2 wrong usage`;

/** Runs the program of two versions and says what the second permits that the first does not, and the other way round. */
async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      base: { type: "string" },
      head: { type: "string" },
      json: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    process.stdout.write(`${usage}\n`);
    return 0;
  }
  const head = values.head === undefined ? undefined : await commit("--head", values.head);
  const base =
    values.base === undefined ? await mergeBase(projectRoot, head?.id ?? "HEAD") : await commit("--base", values.base);
  const folder = mkdtempSync(join(tmpdir(), "nats-platform-permission-diff-"));
  const stop = new AbortController();
  const clear = () => {
    stop.abort();
    rmSync(folder, { recursive: true, force: true });
  };
  onInterrupt(clear);
  try {
    const evaluated = [["base", base] as const, ["head", head] as const].map(([side, one]) => {
      return evaluate(side, one, folder, stop.signal);
    });
    const [before, after] = (await Promise.all(evaluated)) as [SideFacts, SideFacts];
    const comparison = compareSides(before, after);
    const sides = { base: nameOf(base), head: nameOf(head) };
    process.stdout.write(
      values.json ? `${JSON.stringify({ ...sides, ...comparison })}\n` : formatComparison(comparison, sides),
    );
    return [before, after].some(({ stacks }) => stacks.some(({ error }) => error !== undefined)) ? 1 : 0;
  } finally {
    clear();
  }
}

async function commit(option: string, name: string): Promise<Commit> {
  return findCommit(projectRoot, option, name).catch((error: Error) => {
    throw new UsageError(error.message);
  });
}

async function evaluate(
  side: "base" | "head",
  commit: Commit | undefined,
  folder: string,
  signal: AbortSignal,
): Promise<SideFacts> {
  const began = performance.now();
  const own = join(folder, side);
  const home = join(own, "home");
  mkdirSync(home, { recursive: true });
  const say = (text: string) => process.stderr.write(`${side}: ${text}\n`);
  try {
    const root = commit
      ? await checkOut(commit.id, own, signal, () => say("installs packages: they are not those of this version"))
      : projectRoot;
    const facts = await evaluateSide(root, home, signal);
    say(`ran ${facts.stacks.length} stacks in ${((performance.now() - began) / 1_000).toFixed(1)} s`);
    return facts;
  } catch (error) {
    throw new Error(`the ${side}, ${nameOf(commit)}, cannot be evaluated: ${oneLine(describeError(error))}`, {
      cause: error,
    });
  }
}

function nameOf(commit: Commit | undefined): string {
  return commit ? `${commit.name} (${commit.id.slice(0, 12)})` : "work tree";
}

runTool(main, usage);
