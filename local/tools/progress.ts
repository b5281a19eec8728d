import { about } from "./estimate";

/** How far the builds are. */
export interface BuildReport {
  /** What has just happened; `tick` once a second in between. */
  readonly event: "start" | "tick" | "waiting" | "built" | "end";
  /** The tool it happened to. */
  readonly tool?: string;
  /** Seconds the tool took, when it is built. */
  readonly seconds?: number;
  readonly built: number;
  readonly total: number;
  /** Builds under way, with seconds since they began and packages compiled. */
  readonly running: readonly { readonly name: string; readonly elapsed: number; readonly packages: number }[];
  /** Estimated seconds until all is built. */
  readonly secondsLeft: number;
}

/** Told how the builds go. Not called when there is nothing to build. */
export type BuildProgress = (report: BuildReport) => void;

const heartbeatMs = 30_000;

/** Shows progress: on a terminal one line that is kept up to date, elsewhere a line for every tool and every half minute. */
export function consoleProgress(stream: NodeJS.WriteStream = process.stderr): BuildProgress {
  return stream.isTTY ? terminalProgress(stream) : logProgress(stream);
}

/** One line of text for a report, the most telling first: a narrow terminal cuts off the rest. */
export function progressLine(report: BuildReport): string {
  const running = report.running.map(
    ({ name, elapsed, packages }) => `${name} ${duration(elapsed)}${packages > 0 ? `, ${packages} packages` : ""}`,
  );
  return [`${report.built} of ${report.total} tools, ${about(report.secondsLeft)} left`, ...running].join(" · ");
}

/** `75` → `1m15s`. */
export function duration(seconds: number): string {
  const whole = Math.max(1, Math.round(seconds));
  return whole < 60 ? `${whole}s` : `${Math.floor(whole / 60)}m${String(whole % 60).padStart(2, "0")}s`;
}

function terminalProgress(stream: NodeJS.WriteStream): BuildProgress {
  const clear = "\r\x1b[K";
  return (report) => {
    const line = eventLine(report);
    stream.write(line ? `${clear}${line}\n` : clear);
    if (report.event !== "end") stream.write(progressLine(report).slice(0, (stream.columns || 80) - 1));
  };
}

function logProgress(stream: NodeJS.WriteStream): BuildProgress {
  let last = Date.now();
  return (report) => {
    const line = eventLine(report) ?? (Date.now() - last >= heartbeatMs ? progressLine(report) : undefined);
    if (line === undefined) return;
    last = Date.now();
    stream.write(`${line}\n`);
  };
}

function eventLine({ event, tool, seconds, built, total, secondsLeft }: BuildReport): string | undefined {
  switch (event) {
    case "start":
      return `building ${total} ${total === 1 ? "tool" : "tools"} from source, once: ${about(secondsLeft)}`;
    case "waiting":
      return `${tool}: another run is building it, waiting`;
    case "built":
      return `${tool}: built in ${duration(seconds ?? 0)} (${built} of ${total}${built < total ? `, ${about(secondsLeft)} left` : ""})`;
    default:
      return undefined;
  }
}
