/** A build under way, measured by what the table says of its tool. */
export interface RunningBuild {
  /** Seconds it takes on the machine the table was measured on. */
  readonly coldSeconds: number;
  /** Packages it compiles in all. */
  readonly coldPackages: number;
  /** Packages it has compiled so far. */
  readonly packages: number;
}

/** Share of a build that compiling is; linking comes last and shows no progress. */
const compileShare = 0.85;

/** Seconds of observation the expected rate is worth: what is seen outweighs it soon, but not in the first moments. */
const expectationSeconds = 20;

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

/** Table seconds of work done: all of the finished builds, and of the running ones by packages compiled. */
export function workDone(finishedSeconds: number, running: readonly RunningBuild[]): number {
  return running.reduce(
    (sum, { coldSeconds, coldPackages, packages }) =>
      sum + coldSeconds * compileShare * Math.min(1, packages / coldPackages),
    finishedSeconds,
  );
}

/**
 * Work the machine gets done in a second, in table seconds, all builds together.
 * @param done table seconds done since the first build began
 * @param passed seconds since then
 * @param expected rate to expect before anything is seen
 */
export function observedRate(done: number, passed: number, expected: number): number {
  return (done + expectationSeconds * expected) / (passed + expectationSeconds);
}

/** `about 40 s`, `about 6 min`: no more precise than it can be known. */
export function about(seconds: number): string {
  return seconds < 90
    ? `about ${Math.max(10, Math.ceil(seconds / 10) * 10)} s`
    : `about ${Math.round(seconds / 60)} min`;
}
