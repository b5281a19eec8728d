/** A build under way. */
export interface RunningBuild {
  readonly name: string;
  /** Seconds of a cold build on the machine the table was measured on. */
  readonly coldSeconds: number;
  /** Seconds it has been running. */
  readonly elapsed: number;
}

/** Seconds of table time a build never has less than left: its link step comes last and shows no progress. */
const leastLeft = 0.1;

/**
 * How many builds run at once. A second one uses the cores while the first one links on a single core; many would only use memory.
 * @param cores processors there are
 * @param memory available memory, bytes
 */
export function concurrentBuilds(cores: number, memory: number): number {
  const perBuild = 2 * 1024 ** 3 + cores * 256 * 1024 ** 2; // one link step, and a compiler per core
  return Math.max(1, Math.min(4, Math.floor(cores / 2) + 1, cores, Math.floor(memory / perBuild)));
}

/** Rate to expect of a machine nothing was built on yet: the table was measured on two cores. */
export function initialRate(cores: number): number {
  return Math.min(3, cores / 2);
}

/**
 * Seconds until all is built.
 * @param waiting table seconds of the builds that have not begun
 * @param rate table seconds of work the machine gets done in a second, all builds together
 */
export function secondsLeft(waiting: readonly number[], running: readonly RunningBuild[], rate: number): number {
  const begun = running.reduce((sum, build) => sum + build.coldSeconds - doneSeconds(build, running.length, rate), 0);
  return (begun + waiting.reduce((sum, seconds) => sum + seconds, 0)) / rate;
}

/**
 * Rate seen so far: table seconds of finished work, and of what can be supposed done of the running builds, by time passed.
 * @param finished table seconds of the builds that have ended
 * @param passed seconds since the first began
 * @param rate rate supposed so far
 */
export function observedRate(finished: number, running: readonly RunningBuild[], passed: number, rate: number): number {
  const begun = running.reduce((sum, build) => sum + doneSeconds(build, running.length, rate), 0);
  return Math.max(0.05, (finished + begun) / Math.max(1, passed));
}

/** `about 40 s`, `about 6 min`: no more precise than it can be known. */
export function about(seconds: number): string {
  return seconds < 90
    ? `about ${Math.max(10, Math.ceil(seconds / 10) * 10)} s`
    : `about ${Math.round(seconds / 60)} min`;
}

function doneSeconds(build: RunningBuild, builds: number, rate: number): number {
  return Math.min(build.coldSeconds * (1 - leastLeft), (build.elapsed * rate) / builds);
}
