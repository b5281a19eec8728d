import type { CheckResult } from "../../../services/verify/contract";
import { runChecks } from "../../../services/verify/runner";
import { reportChecks } from "../../verify/print";
import { report } from "../../verify/report";
import { withAccess } from "../access/nats";
import type { CommandContext } from "../command";
import { healthChecks, healthContext } from "./health";

/** Looks and prints a line per check. */
export async function showHealth({ stack, json }: CommandContext): Promise<number> {
  return withAccess(stack, async (access) => {
    const checks = healthChecks(access);
    const context = await healthContext(access);
    const make = async (onCheck: (result: CheckResult) => void) => report(await runChecks(checks, context, onCheck));
    const { exitCode } = await reportChecks(
      checks.map(({ name }) => name),
      make,
      { json },
    );
    return exitCode;
  });
}
