import { readdirSync, readFileSync } from "node:fs";

/** How often memory is looked at, in milliseconds: an engine keeps what it took far longer. */
const intervalMs = 250;

/** Looks at the resident memory of a process and of everything it has started, until told to stop. What several share counts for each. */
export class MemoryWatch {
  /** The most there was at a time. */
  peakMiB = 0;
  private readonly timer: NodeJS.Timeout | undefined;

  constructor(pid: number | undefined) {
    if (pid === undefined) return;
    const look = () => {
      this.peakMiB = Math.max(this.peakMiB, residentMiB(pid));
    };
    look();
    this.timer = setInterval(look, intervalMs);
  }

  stop(): void {
    clearInterval(this.timer);
  }
}

/** Resident memory of a process and its descendants; 0 of one that has ended. */
export function residentMiB(pid: number): number {
  let sum = 0;
  const left = [pid];
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    try {
      sum += ownMiB(next);
      left.push(...childrenOf(next));
    } catch {
      // It has ended.
    }
  }
  return sum;
}

/** Resident memory of one process. */
function ownMiB(pid: number): number {
  const kibibytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  return Number(kibibytes ?? 0) / 1024;
}

/** A child is listed with the thread that started it. */
function childrenOf(pid: number): number[] {
  return readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
    readFileSync(`/proc/${pid}/task/${thread}/children`, "utf8").split(" ").filter(Boolean).map(Number),
  );
}

/** Linux counts processor time in hundredths of a second. */
const ticksPerSecond = 100;

/** Seconds that processors have worked for the processes that this one has started and that have ended, and for theirs. */
export function childrenCpuSeconds(): number {
  const stat = readFileSync("/proc/self/stat", "utf8");
  // The program's name, in brackets, may hold anything; cutime and cstime are the 16th and 17th field.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[13]) + Number(fields[14])) / ticksPerSecond;
}
