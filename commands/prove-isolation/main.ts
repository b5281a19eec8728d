import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { describeError } from "../../services/text";
import { stackOutputs } from "../outputs";
import { requireEnvironment } from "../stack-kind";
import { findTarget, type Target } from "../target";
import type { Outputs } from "./discover";
import { reportProof, reportUnusable } from "./print";
import { exitCodes } from "./report";

const usage = `usage: make prove-isolation [REPORT=folder], or npm run -s prove-isolation -- [--json] [--report folder]
  --json    print one JSON document instead of tables
  --report  write report.md and report.json to a folder, as REPORT does`;

/** Proves that tenants of the target's environment are isolated; exit code 0, 1 if a cell is wrong, 2 if it could not be run. */
async function main(): Promise<number> {
  let json = process.argv.includes("--json");
  try {
    const options = { json: { type: "boolean", default: false }, report: { type: "string" } } as const;
    const { values } = parseArgs({ options });
    json = values.json;
    const folder = values.report || process.env.REPORT;
    const target = findTarget();
    return await reportProof(
      { ...target, outputs: await outputsOf(target) },
      { json, ...(folder ? { folder: resolve(folder) } : {}) },
    );
  } catch (error) {
    const wrongUsage = (error as NodeJS.ErrnoException).code?.startsWith("ERR_PARSE_ARGS");
    reportUnusable(wrongUsage ? new Error(`${describeError(error)}\n${usage}`) : error, { json });
    return exitCodes.unusable;
  }
}

async function outputsOf(target: Target): Promise<Outputs> {
  requireEnvironment(target);
  const { tenancy, verify } = await stackOutputs(target, "tenancy", "verify");
  return { tenancy: tenancy as Outputs["tenancy"], platform: verify as Outputs["platform"] };
}

main().then((code) => process.exit(code));
