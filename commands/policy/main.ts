import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Stack } from "@pulumi/pulumi/automation";
import { ensureStandInChart } from "../ensure-chart";
import { onInterrupt } from "../on-interrupt";
import { ensurePulumi } from "../prepare";
import { runTool, UsageError } from "../run-tool";
import { chartOf } from "../stack-chart";
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
       npm run -s policy -- --settings stack
  --json      print one JSON document instead of a table
  --sarif     write a SARIF file, too
  --settings  print what the pack is told of a stack, for Pulumi's --policy-pack-config
  stack       names of stacks; all that the project has a file of, without any
exit code: 0 all hold, 1 a mandatory policy does not, or a stack cannot be previewed, 2 wrong usage`;

const pack = join(projectRoot, "policies");

/** Previews the project's stacks with the policy pack, as many at a time as there are processors, and says what it found. */
async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    options: {
      help: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      sarif: { type: "string" },
      settings: { type: "string" },
    },
    allowPositionals: true,
  });
  if (values.help) {
    process.stdout.write(`${usage}\n`);
    return 0;
  }
  const all = findStacks();
  if (values.settings !== undefined) return printSettings(choose(all, [values.settings]));
  const chosen = choose(all, positionals);
  await ensurePulumi();
  const settings = new PackSettings();
  const scratch = new Scratch(all);
  const clear = () => {
    scratch.remove();
    settings.remove();
  };
  // Else keys would be left behind, however encrypted.
  onInterrupt(clear);
  try {
    const reports = await inParallel(chosen, async (stack) => {
      const report = await check(stack, scratch, settings);
      process.stderr.write(`previewed ${stack.name} in ${report.seconds.toFixed(1)} s\n`);
      return report;
    });
    const ok = reports.every(isClean);
    const { changes } = settings;
    const document = { ok, settings: changes, stacks: reports };
    process.stdout.write(values.json ? `${JSON.stringify(document)}\n` : formatReports(reports, changes));
    if (values.sarif) writeFileSync(values.sarif, `${JSON.stringify(toSarif(reports), null, 2)}\n`);
    return ok ? 0 : 1;
  } finally {
    clear();
  }
}

function printSettings(stacks: readonly ProjectStack[]): number {
  const settings = new PackSettings();
  try {
    for (const stack of stacks) {
      const told: unknown = JSON.parse(readFileSync(settings.file(stack), "utf8"));
      process.stdout.write(`${JSON.stringify(told, null, 2)}\n`);
    }
    return 0;
  } finally {
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

runTool(main, usage);
