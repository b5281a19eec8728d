import { describeError } from "../../../services/text";
import type { CheckResult } from "../../../services/verify/contract";
import { type Check, runChecks } from "../../../services/verify/runner";
import { printTenant } from "../../tenant/print";
import { reportChecks } from "../../verify/print";
import { report } from "../../verify/report";
import { verifyTarget } from "../../verify-target";
import { type Access, withAccess } from "../access/nats";
import type { CommandContext } from "../command";
import { orUnusable } from "../errors";
import type { HealthContext } from "../health/checks";
import { healthChecks, healthContext } from "../health/health";
import { streamsOf } from "../jetstream/show-streams";
import { promiseProblems } from "./promises";

/** Verifies a stack, each kind by what its kind promises. */
export async function showVerify({ stack, json }: CommandContext): Promise<number> {
  const { kind, target } = stack;
  if (kind === "environment") return (await orUnusable(verifyTarget(target, { json }), describeError)).exitCode;
  if (kind === "tenant") return orUnusable(printTenant(target, { json }), describeError);
  return withAccess(stack, async (access) => {
    const checks = [...healthChecks(access), promises(access)];
    const context = await healthContext(access);
    const make = async (onCheck: (result: CheckResult) => void) => report(await runChecks(checks, context, onCheck));
    return (
      await reportChecks(
        checks.map(({ name }) => name),
        make,
        { json },
      )
    ).exitCode;
  });
}

/** The streams and buckets that a workstation's stack declares are there, and values live as long as it says. */
function promises(access: Access): Check<HealthContext> {
  const promised = access.facts.promised ?? { accounts: [] };
  return {
    name: "buckets-and-streams",
    needs: ["login"],
    async run({ deploy }) {
      const found = await streamsOf(access);
      const there = found.flatMap(({ account, streams }) => streams.infos.map(({ config }) => ({ account, config })));
      const problems = promiseProblems(promised, there);
      if (problems.length > 0)
        throw new Error(
          `${problems.join("; ")}; make them again, empty: ${deploy}; with what a backup of them has: ctl restore`,
        );
      return there.map(({ config }) => config.name).join(", ") || "none declared";
    },
  };
}
