import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { initialRate, observedRate, workDone } from "./estimate";
import { toolsDir } from "./paths";
import type { BuildProgress, BuildReport } from "./progress";
import type { ToolSpec } from "./table";

interface Running {
  readonly spec: ToolSpec;
  readonly since: number;
  packages: number;
}

/** Table seconds that must have been built before the rate says anything about the machine. */
const tellingSeconds = 100;

/** Keeps count of builds and of how fast this machine is, and reports on both. */
export class BuildTracker {
  private readonly running = new Set<Running>();
  private readonly began = Date.now();
  private readonly ticking: NodeJS.Timeout;
  private readonly cores = os.availableParallelism();
  private readonly expectedRate: number;
  private readonly totalSeconds: number;
  private finishedSeconds = 0;
  private skippedSeconds = 0;
  private built = 0;

  constructor(
    private readonly specs: readonly ToolSpec[],
    private readonly progress: BuildProgress,
  ) {
    this.totalSeconds = specs.reduce((sum, spec) => sum + spec.coldSeconds, 0);
    this.expectedRate = savedRate() ?? initialRate(this.cores);
    this.report("start");
    this.ticking = setInterval(() => this.report("tick"), 1000);
    this.ticking.unref();
  }

  /** A build begins. Call `finish` when the tool is built: it returns the seconds that took. */
  begin(spec: ToolSpec): { readonly countPackage: () => void; readonly finish: () => number } {
    const running: Running = { spec, since: Date.now(), packages: 0 };
    this.running.add(running);
    return {
      countPackage: () => {
        running.packages++;
      },
      finish: () => {
        const seconds = (Date.now() - running.since) / 1000;
        this.running.delete(running);
        this.finishedSeconds += spec.coldSeconds;
        this.built++;
        this.report("built", spec, seconds);
        return seconds;
      },
    };
  }

  /** Another process is building a tool. */
  wait(spec: ToolSpec): void {
    this.report("waiting", spec);
  }

  /** A tool needs no build any more: another process has built it. */
  skip(spec: ToolSpec): void {
    this.skippedSeconds += spec.coldSeconds;
    this.built++;
  }

  /** No build runs any more. */
  end(): void {
    clearInterval(this.ticking);
    this.report("end");
    // Faster than any processor: that was the build cache, and would make the next estimate a lie.
    const rate = this.rate();
    if (this.finishedSeconds >= tellingSeconds && rate <= this.cores) saveRate(rate);
  }

  private rate(): number {
    const passed = (Date.now() - this.began) / 1000;
    return observedRate(workDone(this.finishedSeconds, this.runningBuilds()), passed, this.expectedRate);
  }

  private runningBuilds() {
    return [...this.running].map(({ spec, since, packages }) => ({
      name: spec.name,
      coldSeconds: spec.coldSeconds,
      coldPackages: spec.coldPackages,
      elapsed: (Date.now() - since) / 1000,
      packages,
    }));
  }

  private report(event: BuildReport["event"], spec?: ToolSpec, seconds?: number): void {
    const running = this.runningBuilds();
    const left = this.totalSeconds - this.skippedSeconds - workDone(this.finishedSeconds, running);
    this.progress({
      event,
      ...(spec && { tool: spec.name }),
      ...(seconds !== undefined && { seconds }),
      built: this.built,
      total: this.specs.length,
      running,
      secondsLeft: left / this.rate(),
    });
  }
}

function rateFile(): string {
  return path.join(toolsDir(), "speed.json");
}

/** Rate seen by an earlier run on this machine. */
function savedRate(): number | undefined {
  try {
    const { rate } = JSON.parse(fs.readFileSync(rateFile(), "utf8")) as { rate: unknown };
    return typeof rate === "number" && rate > 0 ? rate : undefined;
  } catch {
    return undefined; // nothing was built here yet
  }
}

function saveRate(rate: number): void {
  fs.writeFileSync(rateFile(), JSON.stringify({ rate }));
}
