import { cpSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { projectRoot } from "../../commands/target";
import { tenantStackName } from "../../stacks/tenant-checks";
import { runProgram } from "../command";
import type { BenchContext } from "../operations";
import { tenantConfig } from "../tenants/stack";

/** Tenants' stacks that `make policy` is given. */
export const tenantStacks = 20;

const environment = "dev";

/** Seconds that `make policy` takes for {@link tenantStacks} stacks, in each run. */
export async function measureCommand({ progress, signal }: BenchContext, runs: number): Promise<number[]> {
  const project = scratchProject(tenantStacks);
  try {
    const seconds: number[] = [];
    for (let run = 1; run <= runs; run++) {
      const args = [join(project.folder, "commands", "policy", "main.ts"), ...project.stacks];
      const result = await runProgram(args, { signal });
      seconds.push(result.seconds);
      progress(`policies: make policy for ${tenantStacks} stacks, run ${run} of ${runs}`);
    }
    return seconds;
  } finally {
    rmSync(project.folder, { recursive: true });
  }
}

/** What of the project's folder no command reads, or would read from another place. */
const left = ["node_modules", "test", "docs", "bench"];

/** This project once more, in a folder of its own, with the development environment and as many tenants as wanted. */
export function scratchProject(tenants: number): { readonly folder: string; readonly stacks: readonly string[] } {
  const folder = mkdtempSync(join(tmpdir(), "nats-platform-bench-policies-"));
  for (const entry of readdirSync(projectRoot)) {
    const isStack = /^Pulumi\..+\.yaml$/.test(entry) && entry !== `Pulumi.${environment}.yaml`;
    if (isStack || entry.startsWith(".") || left.includes(entry)) continue;
    cpSync(join(projectRoot, entry), join(folder, entry), { recursive: true });
  }
  symlinkSync(join(projectRoot, "node_modules"), join(folder, "node_modules"));
  const ids = Array.from({ length: tenants }, (_, index) => `t${index + 1}`);
  const stacks = ids.map((id) => tenantStackName(environment, id));
  for (const [index, id] of ids.entries()) {
    const config = { "nats-platform:tenant": tenantConfig(id, environment) };
    writeFileSync(join(folder, `Pulumi.${stacks[index]}.yaml`), stringify({ config }));
  }
  return { folder, stacks };
}
