import { parseArgs } from "node:util";
import { describeError } from "../../services/text";
import { findTarget } from "../target";
import { verifyTarget } from "../verify-target";
import { reportUnusable } from "./print";
import { exitCodes } from "./report";

/** `verify [--json]`: checks the target's platform; exit code 0, 1 if a check failed, 2 if nothing could be checked. */
async function main(): Promise<number> {
  let json = process.argv.includes("--json");
  try {
    json = parseArgs({ options: { json: { type: "boolean", default: false } } }).values.json;
  } catch (error) {
    reportUnusable(new Error(`${describeError(error)}; usage: verify [--json]`), { json });
    return exitCodes.unusable;
  }
  try {
    return (await verifyTarget(findTarget(), { json })).exitCode;
  } catch (error) {
    reportUnusable(error, { json });
    return exitCodes.unusable;
  }
}

main().then((code) => process.exit(code));
