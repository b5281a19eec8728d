import { type Comparison, compare } from "../comparison";
import { type PreviewRun, type PreviewTimes, stackSizes } from "./previews";
import type { StartPair } from "./start";

/** Measurements of all runs. */
export interface PolicyRuns {
  readonly previews: readonly PreviewRun[];
  readonly starts: readonly StartPair[];
  /** Seconds of `make policy`. */
  readonly command: readonly number[];
}

/** Most that the pack may add to a preview: for itself, in seconds, and for each resource, in milliseconds. */
const most = { seconds: 2, millisecondsEach: 1 } as const;

/** Most seconds of `make policy`. */
const mostOfCommand = 60;

const emptyPackName = "a pack without a policy";

/** @param stacks number that `make policy` was given */
export function policyComparisons({ previews, starts, command }: PolicyRuns, stacks: number): Comparison[] {
  const [least, , greatest] = stackSizes;
  const each = (seconds: number) => (seconds / (greatest - least)) * 1_000;
  return [
    ...stackSizes.flatMap((size) => [
      {
        name: `\`pulumi preview\`, ${size} resources, with the pack`,
        unit: "s" as const,
        ours: previews.map((run) => run[size].with),
        peer: { name: "the same without it", values: previews.map((run) => run[size].without) },
      },
      {
        name: `what the pack adds, ${size} resources`,
        unit: "s" as const,
        ours: previews.map((run) => added(run[size])),
        peer: { name: emptyPackName, values: previews.map((run) => addedByEmpty(run[size])) },
        target: { value: most.seconds + (most.millisecondsEach * size) / 1_000 },
      },
    ]),
    {
      name: `what the pack adds for each resource, from ${least} to ${greatest}`,
      unit: "ms" as const,
      ours: previews.map((run) => each(added(run[greatest]) - added(run[least]))),
      peer: {
        name: emptyPackName,
        values: previews.map((run) => each(addedByEmpty(run[greatest]) - addedByEmpty(run[least]))),
      },
      target: { value: most.millisecondsEach },
    },
    {
      name: "a pack's start, until it answers",
      unit: "s" as const,
      ours: starts.map(({ ours }) => ours),
      peer: { name: emptyPackName, values: starts.map(({ empty }) => empty) },
    },
    {
      name: `\`make policy\`, ${stacks} tenants' stacks`,
      unit: "s" as const,
      ours: command,
      target: { value: mostOfCommand },
    },
  ].map(compare);
}

function added(times: PreviewTimes): number {
  return times.with - times.without;
}

/** What the engine and the library take for any pack. */
function addedByEmpty(times: PreviewTimes): number {
  return times.empty - times.without;
}
