import type { StreamConfig } from "@nats-io/jetstream";
import { common } from "../../../services/auth-callout/subjects";

/** Of a stream's configuration, what says which messages it stores. */
export type Subjects = Pick<StreamConfig, "name" | "subjects">;

/**
 * Which streams cannot be made because others store messages of the same subjects: a line for each; empty if there are none.
 * @param newcomers streams that are to be made
 * @param others streams that stay as they are
 */
export function overlapProblems(newcomers: readonly Subjects[], others: readonly Subjects[]): string[] {
  return newcomers.flatMap((newcomer, index) => {
    for (const other of [...others, ...newcomers.slice(0, index)]) {
      const shared = newcomer.subjects?.find((one) => other.subjects?.some((two) => common(one, two) !== undefined));
      if (shared !== undefined) return [`${shared} of stream ${newcomer.name} overlaps with subjects of ${other.name}`];
    }
    return [];
  });
}
