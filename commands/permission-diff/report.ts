import { counted } from "../../services/text";
import type { Change, Presence } from "./change";
import type { Comparison } from "./compare";
import { quoted, table } from "./markdown";

/** GitHub takes 65,536 characters; what stands around a report is somebody else's. */
const longest = 60_000;

/** Room that is left for what comes last, however much comes first. */
const reserved = 5_000;

/** What is compared, for people. */
export interface Sides {
  readonly base: string;
  readonly head: string;
}

/**
 * The comparison as Markdown, to stand beside a change: what widens first. Where it would be longer than a comment may be, the end is cut off, and the
 * report says what is missing.
 */
export function formatComparison(comparison: Comparison, { base, head }: Sides): string {
  const { widens, narrows, presences, gaps, stacks } = comparison;
  const compared = `${quoted(base)} → ${quoted(head)}, ${counted(stacks.length, "stack")}`;
  const isSame = widens.length + narrows.length + presences.length + gaps.length === 0;
  if (isSame) return `**Permission diff**: nothing changes (${compared}).\n`;
  const parts = [
    section(
      "Widens",
      ["stack", "who", "what", "before → after"],
      widens.map(changeRow),
      stacks.length > 0 ? "Nothing widens." : "No stack could be compared.",
    ),
    section("Narrows", ["stack", "who", "what", "before → after"], narrows.map(changeRow)),
    section("New and removed", ["", "stack", "who", "what"], presences.map(presenceRow)),
    section(
      "Not evaluated",
      ["what, and why"],
      gaps.map((gap) => [quoted(gap)]),
    ),
  ];
  return `${[`## Permission diff\n\n${compared}.`, ...bounded(parts)].join("\n\n")}\n`;
}

interface Section {
  readonly title: string;
  readonly titles: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** What is said where there are no rows; nothing by default. */
  readonly none?: string;
}

function section(title: string, titles: readonly string[], rows: Section["rows"], none?: string): Section {
  return { title, titles, rows, ...(none === undefined ? {} : { none }) };
}

/** Sections one after the other, as many rows as there is room for. */
function bounded(sections: readonly Section[]): string[] {
  let room = longest - reserved;
  return sections.flatMap(({ title, titles, rows, none }, index) => {
    if (index === sections.length - 1) room = Math.max(room, 0) + reserved;
    const heading = `### ${title} (${rows.length})`;
    if (rows.length === 0) return none === undefined ? [] : [`${heading}\n\n${none}`];
    const shown = rows.filter((row) => {
      room -= row.join(" | ").length + 5;
      return room > 0;
    });
    const missing = rows.length - shown.length;
    const rest =
      missing > 0
        ? [`**${missing} more, for which there is no room here**: \`npm run -s permission-diff -- --json\` has all.`]
        : [];
    return [heading, ...(shown.length > 0 ? [table(titles, shown)] : []), ...rest];
  });
}

function changeRow({ stack, who, what, before, after }: Change): string[] {
  return [quoted(stack), quoted(who), quoted(what), `${quoted(before)} → ${quoted(after)}`];
}

function presenceRow({ side, stack, who, what }: Presence): string[] {
  return [side, quoted(stack), quoted(who), quoted(what)];
}
