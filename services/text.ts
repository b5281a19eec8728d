/** The message of anything thrown; its kind where there is no message. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.message) return error.message;
  return error instanceof AggregateError ? error.errors.map(describeError).join("; ") : error.name;
}

const longestDetail = 400;

/** One printable line without secrets: seeds and JWTs are masked, whatever text they came in. */
export function oneLine(text: string): string {
  const masked = text
    .replace(/\bS[UAONCX][A-Z2-7]{40,}\b/g, "S***")
    .replace(/\beyJ[\w-]{10,}(\.[\w-]+)*/g, "eyJ***")
    // biome-ignore lint/suspicious/noControlCharactersInRegex: text of unknown origin goes to a terminal
    .replace(/[\u0000-\u001f\u007f-\u009f]+/g, " ")
    .trim();
  return masked.length > longestDetail ? `${masked.slice(0, longestDetail - 1)}…` : masked;
}

/** A number of things, such as `1 message`, `2 messages`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** A word as a shell takes it: in quotes, where it needs them. */
export function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
