import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ReadyTool } from "../local/tools";
import { runProgram } from "./command";

/** How long it took to build the tools. */
export interface ToolTimes {
  /** Seconds for all of them, several side by side. */
  readonly seconds: number;
  readonly tools: readonly Pick<ReadyTool, "name" | "version" | "state" | "seconds">[];
}

/** Builds every tool into an empty cache, with an empty Go build cache; the modules' sources stay where they have been downloaded to. */
export async function measureTools(signal: AbortSignal): Promise<ToolTimes> {
  const folder = await mkdtemp(join(tmpdir(), "nats-platform-bench-"));
  try {
    const { stdout, seconds } = await runProgram(["local/tools/main.ts", "--json"], {
      env: { NATS_PLATFORM_CACHE: join(folder, "cache"), GOCACHE: join(folder, "go-build") },
      showErrors: true,
      signal,
    });
    return { seconds, tools: JSON.parse(stdout) as ReadyTool[] };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
