/** Longest text of one cell, in characters. */
const longestText = 240;

/**
 * A text of a stranger, such as a name or an annotation, as code in a cell of a table: it stays one cell and is read as text, whatever is in it. What
 * could end the code or the cell, or cannot be seen, is written by its number.
 */
export function quoted(text: string): string {
  const shown = [...text].slice(0, longestText).map(visible).join("");
  const rest = [...text].length - longestText;
  const code = `\`${shown === "" ? " " : shown}\``;
  return rest > 0 ? `${code} and ${rest} characters more` : code;
}

function visible(character: string): string {
  const isPlain = /^[ -~]$/.test(character) && !"`|\\".includes(character);
  return isPlain ? character : `\\u{${character.codePointAt(0)?.toString(16)}}`;
}

/** A table with a title of its own, as GitHub reads it. */
export function table(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(titles), line(titles.map(() => "---")), ...rows.map(line)].join("\n");
}
