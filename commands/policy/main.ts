import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Stack } from "@pulumi/pulumi/automation";
import { describeError } from "../../services/text";
import { ensureStandInChart } from "../ensure-chart";
import { ensurePulumi } from "../prepare";
import { chartOf } from "../recorded-charts";
import { findTarget, projectRoot } from "../target";
import { openExistingStack } from "../workspace";
import { checkStack, type StackReport } from "./check";
import { inParallel } from "./in-parallel";
import { toSarif } from "./sarif";
import { Scratch } from "./scratch";
import { PackSettings } from "./settings";
import { findStacks, type ProjectStack } from "./stacks";
import { formatReports, isClean } from "./table";

const usage = `usage: make policy, or npm run -s policy -- [--json] [--sarif file] [stack ...]
  --json   print one JSON document instead of a table
  --sarif  write a SARIF file, too
  stack    names of stacks; all that the project has a file of, without any
exit code: 0 all hold, 1 a mandatory policy does not, or a stack cannot be previewed, 2 wrong usage`;

const pack = join(projectRoot, "policies");

/** Previews the project's stacks with the policy pack, as many at a time as there are processors, and says what it found. */
async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    options: { json: { type: "boolean", default: false }, sarif: { type: "string" } },
    allowPositionals: true,
  });
  const all = findStacks();
  const chosen = choose(all, positionals);
  await ensurePulumi();
  const settings = new PackSettings();
  const scratch = new Scratch(all);
  try {
    const reports = await inParallel(chosen, async (stack) => {
      const report = await check(stack, scratch, settings);
      process.stderr.write(`previewed ${stack.name} in ${report.seconds.toFixed(1)} s\n`);
      return report;
    });
    if (values.sarif) writeFileSync(values.sarif, `${JSON.stringify(toSarif(reports), null, 2)}\n`);
    const ok = reports.every(isClean);
    process.stdout.write(values.json ? `${JSON.stringify({ ok, stacks: reports })}\n` : formatReports(reports));
    return ok ? 0 : 1;
  } finally {
    scratch.remove();
    settings.remove();
  }
}

function choose(all: readonly ProjectStack[], names: readonly string[]): readonly ProjectStack[] {
  const unknown = names.filter((name) => !all.some((stack) => stack.name === name));
  if (unknown.length > 0) {
    throw new UsageError(
      `there is no stack ${unknown.join(", ")}; there are ${all.map(({ name }) => name).join(", ")}`,
    );
  }
  return names.length === 0 ? all : all.filter(({ name }) => names.includes(name));
}

/** By its state, where it is up; else as if it had never been. */
async function check(stack: ProjectStack, scratch: Scratch, settings: PackSettings): Promise<StackReport> {
  const options = { pack, config: settings.file(stack) };
  const existing = await openExistingStack(findTarget({ ...process.env, STACK: stack.name })).catch(() => undefined);
  return existing
    ? checkStack(stack, "state", async () => existing, options)
    : checkStack(stack, "nothing", () => openFromNothing(stack, scratch), options);
}

async function openFromNothing(stack: ProjectStack, scratch: Scratch): Promise<Stack> {
  const chart = stack.environment === undefined ? chartOf(stack.environmentConfig) : undefined;
  if (chart) await ensureStandInChart(chart);
  return scratch.open(stack);
}

class UsageError extends Error {}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    const wrong = error instanceof UsageError || (error as NodeJS.ErrnoException).code?.startsWith("ERR_PARSE_ARGS");
    process.stderr.write(`error: ${describeError(error)}\n${wrong ? `${usage}\n` : ""}`);
    process.exitCode = wrong ? 2 : 1;
  },
);
