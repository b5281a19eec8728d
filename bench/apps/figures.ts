import { type Comparison, compare } from "../comparison";
import { percentile } from "../statistics";
import type { Load } from "./load";
import { type Concurrency, concurrencies, type LoginsRun, pace, type SideLoads } from "./logins";

/** Measurements of wiring in one run. */
export interface WiringRun {
  /** Milliseconds until all templates were wired. */
  readonly wiring: number;
  /** Milliseconds until all of them were copied. */
  readonly copying: number;
}

/** @param templates number that were wired in each run */
export function wiringComparisons(runs: readonly WiringRun[], templates: number): Comparison[] {
  return [
    compare({
      name: `${templates.toLocaleString("en-US")} pod templates wired`,
      unit: "ms",
      ours: runs.map(({ wiring }) => wiring),
      peer: { name: "structuredClone of each", values: runs.map(({ copying }) => copying) },
    }),
  ];
}

const creds = "creds, which the servers judge alone";
const tweetnacl = "the same replica signing with tweetnacl";

/** Logins a second of each replica that are to be reached, and the most milliseconds of the slowest but one in a hundred at {@link pace}. */
const targets = { perSecond: { value: 400 }, p99: { value: 50 } } as const;

/** @param clients number that come back in each run */
export function loginComparisons(runs: readonly LoginsRun[], clients: number): Comparison[] {
  return [
    ...concurrencies.flatMap((many) => [1 as const, 2 as const].flatMap((replicas) => closed(runs, many, replicas))),
    ...[1 as const, 2 as const].flatMap((replicas) => {
      const name = `login at ${pace.perSecond} a second, ${replicasText(replicas)}`;
      const { ours, theirs } = sides(runs, replicas, ({ paced }) => paced);
      return [times(`${name}, p50`, ours, theirs, 50), times(`${name}, p99`, ours, theirs, 99, targets.p99)];
    }),
    ...([1, 50] as const).map((many) =>
      compare({
        name: `logins, ${many} at a time, one replica, beside tweetnacl`,
        unit: "op/s",
        ours: runs.map(({ replicas }) => replicas[1].at[many].perSecond),
        peer: { name: tweetnacl, values: runs.map((run) => run.tweetnacl[many].perSecond) },
      }),
    ),
    compare({
      name: `${clients.toLocaleString("en-US")} clients back after a server was restarted`,
      unit: "s",
      ours: runs.map(({ back }) => back),
      peer: { name: creds, values: runs.map(({ credsBack }) => credsBack) },
    }),
  ];
}

function closed(runs: readonly LoginsRun[], many: Concurrency, replicas: 1 | 2): Comparison[] {
  const name = `${many} at a time, ${replicasText(replicas)}`;
  const { ours, theirs } = sides(runs, replicas, ({ at }) => at[many]);
  return [
    compare({
      name: `logins, ${name}`,
      unit: "op/s",
      ours: ours.map(({ perSecond }) => perSecond),
      peer: { name: creds, values: theirs.map(({ perSecond }) => perSecond) },
      // One at a time is as many as its time allows; two share the machine's cores.
      ...(many > 1 && replicas === 1 ? { target: targets.perSecond } : {}),
    }),
    times(`login, ${name}, p50`, ours, theirs, 50),
    times(`login, ${name}, p99`, ours, theirs, 99),
  ];
}

function sides(runs: readonly LoginsRun[], replicas: 1 | 2, load: (side: SideLoads) => Load) {
  return { ours: runs.map((run) => load(run.replicas[replicas])), theirs: runs.map((run) => load(run.creds)) };
}

function times(
  name: string,
  ours: readonly Load[],
  theirs: readonly Load[],
  percent: number,
  target?: { readonly value: number },
): Comparison {
  const values = (loads: readonly Load[]) => loads.map((load) => percentile(load.times, percent));
  const peer = { name: creds, values: values(theirs) };
  return compare({ name, unit: "ms", ours: values(ours), peer, ...(target ? { target } : {}) });
}

function replicasText(replicas: 1 | 2): string {
  return replicas === 1 ? "one replica" : "two replicas";
}
