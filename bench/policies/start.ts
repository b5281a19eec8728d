import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { credentials } from "@grpc/grpc-js";
import { AnalyzerClient } from "@pulumi/pulumi/proto/analyzer_grpc_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { projectRoot } from "../../commands/target";
import type { BenchContext } from "../operations";

/** Folder of the pack. */
export const pack = join(projectRoot, "policies");

/** Seconds until a pack answers: ours, and one without a policy. */
export interface StartPair {
  readonly ours: number;
  readonly empty: number;
}

/** Starts packs as the engine does, until they answer. Who comes first changes from run to run. */
export async function measureStarts({ progress, signal }: BenchContext, runs: number): Promise<StartPair[]> {
  const empty = emptyPack();
  try {
    const pairs: StartPair[] = [];
    for (let run = 0; run <= runs; run++) {
      const isOursFirst = run % 2 === 1;
      const first = await secondsToAnswer(isOursFirst ? pack : empty, signal);
      const second = await secondsToAnswer(isOursFirst ? empty : pack, signal);
      // The first one reads files that later ones find in memory.
      if (run > 0) pairs.push(isOursFirst ? { ours: first, empty: second } : { ours: second, empty: first });
    }
    progress("policies: packs started");
    return pairs;
  } finally {
    rmSync(empty, { recursive: true });
  }
}

/** A pack that has no policy and nothing to compile: what it takes is the library's. */
export function emptyPack(): string {
  const folder = mkdtempSync(join(tmpdir(), "nats-platform-bench-pack-"));
  cpSync(join(pack, "PulumiPolicy.yaml"), join(folder, "PulumiPolicy.yaml"));
  const description = { name: "empty", version: "0.0.0", main: "main.js" };
  writeFileSync(join(folder, "package.json"), JSON.stringify(description));
  writeFileSync(
    join(folder, "main.js"),
    'const { PolicyPack } = require("@pulumi/policy");\nnew PolicyPack("empty", { policies: [] });\n',
  );
  symlinkSync(join(projectRoot, "node_modules"), join(folder, "node_modules"));
  return folder;
}

async function secondsToAnswer(folder: string, signal: AbortSignal): Promise<number> {
  const started = performance.now();
  const runner = require.resolve("@pulumi/pulumi/cmd/run-policy-pack");
  // The engine's address, which a pack has no use for.
  const child = spawn(process.execPath, [runner, "127.0.0.1:1", "."], { cwd: folder, signal });
  const exit = once(child, "exit");
  try {
    const [port] = (await Promise.race([
      once(createInterface(child.stdout), "line"),
      exit.then(() => Promise.reject(new Error(`the pack in ${folder} ends before it answers`))),
    ])) as [string];
    const client = new AnalyzerClient(`127.0.0.1:${port}`, credentials.createInsecure());
    await new Promise<void>((resolve, reject) => {
      client.getAnalyzerInfo(new Empty(), (error) => (error ? reject(error) : resolve()));
    });
    client.close();
    return (performance.now() - started) / 1_000;
  } finally {
    child.kill();
    await exit.catch(() => {});
  }
}
