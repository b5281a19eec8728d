import * as fs from "node:fs";
import * as os from "node:os";
import { withLock } from "../lock";
import { makePrivateDir } from "../state";
import { buildTool } from "./build";
import { checkDisk, diskNeeds } from "./disk";
import { concurrentBuilds } from "./estimate";
import { findInstallation, type Installation, linkBinaries } from "./installation";
import { toolDir, toolsDir } from "./paths";
import { type BuildProgress, consoleProgress } from "./progress";
import { type ToolName, type ToolSpec, toolTable } from "./table";
import { findToolchain, type Toolchain } from "./toolchain";
import { BuildTracker } from "./tracker";

/** A tool that is ready to be called. */
export interface ReadyTool {
  readonly name: string;
  readonly version: string;
  /** Whether it was there, is an official installation found on PATH, or was built by this call. */
  readonly state: "present" | "official" | "built";
  /** Seconds this call spent on it. */
  readonly seconds: number;
}

const endingSignals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * Makes tools ready: what is not there yet is built from its Go module, several side by side, and all are linked into `toolsBin()`.
 * Safe to be interrupted, and to be run several times at once. Does nothing but look when all are there.
 * @param progress told how builds go; by default shown on standard error
 * @throws {Error} before anything is built if there is no Go toolchain that can or too little disk; or naming the tool whose
 * build failed
 */
export async function ensureTools(
  names: readonly ToolName[],
  progress: BuildProgress = consoleProgress(),
): Promise<ReadyTool[]> {
  const rows: readonly ToolSpec[] = toolTable;
  const specs = rows.filter((row) => (names as readonly string[]).includes(row.name));
  const found = await Promise.all(specs.map(async (spec) => ({ spec, installation: await findInstallation(spec) })));
  const missing = found.filter(({ installation }) => !installation).map(({ spec }) => spec);
  const built = missing.length > 0 ? await buildAll(missing, progress) : new Map<ToolSpec, Finished>();
  return found.map(({ spec, installation }) => {
    const finished = built.get(spec);
    const ready = installation ?? finished?.installation;
    if (!ready) throw new Error(`${spec.name} ${spec.version} was built, but is gone from ${toolDir(spec)}`);
    linkBinaries(spec, ready);
    const state = finished?.builtHere ? "built" : ready.source === "official" ? "official" : "present";
    return { name: spec.name, version: spec.version, state, seconds: finished?.seconds ?? 0 };
  });
}

interface Finished {
  readonly installation: Installation | undefined;
  readonly builtHere: boolean;
  readonly seconds: number;
}

async function buildAll(specs: readonly ToolSpec[], progress: BuildProgress): Promise<Map<ToolSpec, Finished>> {
  const toolchain = findToolchain(specs);
  makePrivateDir(toolsDir());
  checkDisk(diskNeeds(specs, toolchain));
  const tracker = new BuildTracker(specs, progress);
  const finished = new Map<ToolSpec, Finished>();
  const waiting = [...specs].sort((a, b) => b.coldSeconds - a.coldSeconds);
  await interruptible(async (abort) => {
    const worker = async () => {
      for (let spec = waiting.shift(); spec && !abort.signal.aborted; spec = waiting.shift()) {
        finished.set(spec, await buildLocked(spec, toolchain, tracker, abort.signal));
      }
    };
    const workers = Array.from({ length: concurrentBuilds(os.availableParallelism(), availableMemory()) }, () =>
      worker().catch((error) => {
        abort.abort(error); // the others end too, so that the error shows at once; what they have compiled is kept
        throw error;
      }),
    );
    const ended = await Promise.allSettled(workers);
    tracker.end();
    if (abort.signal.aborted) throw abort.signal.reason;
    for (const outcome of ended) if (outcome.status === "rejected") throw outcome.reason;
  });
  return finished;
}

/** Builds one tool, unless another process does or has: then waits for that and takes the result. */
async function buildLocked(
  spec: ToolSpec,
  toolchain: Toolchain,
  tracker: BuildTracker,
  signal: AbortSignal,
): Promise<Finished> {
  const build = async (): Promise<Finished> => {
    const installation = await findInstallation(spec);
    if (installation) {
      tracker.skip(spec);
      return { installation, builtHere: false, seconds: 0 };
    }
    const running = tracker.begin(spec);
    await buildTool(spec, { go: toolchain.go, signal, onPackage: running.countPackage });
    return { installation: await findInstallation(spec), builtHere: true, seconds: running.finish() };
  };
  return withLock(toolDir(spec), () => tracker.wait(spec), build, signal);
}

/** Runs work that ends, with all it started, when this process is told to end. */
async function interruptible(work: (abort: AbortController) => Promise<void>): Promise<void> {
  const abort = new AbortController();
  let received: NodeJS.Signals | undefined;
  const onSignal = (signal: NodeJS.Signals) => {
    received = signal;
    abort.abort(new Error(`building the tools was interrupted (${signal}); the next run goes on where it stopped`));
  };
  for (const signal of endingSignals) process.on(signal, onSignal);
  try {
    await work(abort);
  } finally {
    for (const signal of endingSignals) process.removeListener(signal, onSignal);
    // Our listener took the signal's default effect away; without other listeners it is due now.
    if (received && process.listenerCount(received) === 0) process.kill(process.pid, received);
  }
}

/** Bytes of memory that can be had without swapping. */
function availableMemory(): number {
  const kibibytes = /^MemAvailable:\s+(\d+) kB$/m.exec(fs.readFileSync("/proc/meminfo", "utf8"))?.[1];
  return kibibytes === undefined ? os.freemem() : Number(kibibytes) * 1024;
}
