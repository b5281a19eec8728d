import type { EngineEvent, Stack } from "@pulumi/pulumi/automation";
import { run } from "../commands/run";
import { openStack } from "../commands/workspace";
import { benchTarget } from "./target";
import { openTenant } from "./tenants/stack";

/** What {@link operations} tell of themselves, as the last line of the program's output. */
export interface OperationReport {
  /** Number of resources by what was done to them: `create`, `same`, `delete`. */
  readonly changes: Readonly<Record<string, number>>;
  /** When the servers were ready, milliseconds since 1970; only after an operation that waited for them. */
  readonly serversReadyAt?: number;
}

/** Pulumi operations that are measured, each as a program of its own: what starting one takes belongs to it. */
export const operations = ["up", "preview", "destroy"] as const;
export type Operation = (typeof operations)[number];

if (require.main === module) {
  run(async () => {
    const operation = operations.find((name) => name === process.argv[2]);
    if (!operation) throw new Error(`operation "${process.argv[2]}" is none of ${operations.join(", ")}`);
    const tenant = process.argv[3];
    const stack = await (tenant === undefined ? openStack(benchTarget()) : openTenant(tenant));
    process.stdout.write(`${JSON.stringify(await perform(stack, operation))}\n`);
    return 0;
  });
}

async function perform(stack: Stack, operation: Operation): Promise<OperationReport> {
  let serversReadyAt: number | undefined;
  const onEvent = ({ resOutputsEvent }: EngineEvent) => {
    if (resOutputsEvent?.metadata.type === "kubernetes:apps/v1:StatefulSet") serversReadyAt = Date.now();
  };
  const options = { onEvent, onOutput: (text: string) => void process.stderr.write(text) };
  if (operation === "preview") return { changes: (await stack.preview(options)).changeSummary };
  const { summary } = operation === "up" ? await stack.up(options) : await stack.destroy(options);
  return { changes: summary.resourceChanges ?? {}, ...(serversReadyAt ? { serversReadyAt } : {}) };
}
