import { type Comparison, compare } from "../comparison";
import { type PreviewPair, type PreviewRun, stackSizes } from "./previews";
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

/** @param stacks number that `make policy` was given */
export function policyComparisons({ previews, starts, command }: PolicyRuns, stacks: number): Comparison[] {
  const [least, , greatest] = stackSizes;
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
        target: { value: most.seconds + (most.millisecondsEach * size) / 1_000 },
      },
    ]),
    {
      name: `what the pack adds for each resource, from ${least} to ${greatest}`,
      unit: "ms" as const,
      ours: previews.map((run) => ((added(run[greatest]) - added(run[least])) / (greatest - least)) * 1_000),
      target: { value: most.millisecondsEach },
    },
    {
      name: "a pack's start, until it answers",
      unit: "s" as const,
      ours: starts.map(({ ours }) => ours),
      peer: { name: "a pack without a policy", values: starts.map(({ empty }) => empty) },
    },
    {
      name: `\`make policy\`, ${stacks} tenants' stacks`,
      unit: "s" as const,
      ours: command,
      target: { value: mostOfCommand },
    },
  ].map(compare);
}

function added(pair: PreviewPair): number {
  return pair.with - pair.without;
}
