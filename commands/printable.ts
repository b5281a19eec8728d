/** C0 but tabs and newlines, DEL and C1: what terminals take for commands. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: those are what is looked for
const control = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;

/**
 * Text of somebody else's as it may be printed: on a terminal its control characters are spelled out, such as `\x1b`, because they could retitle, clear
 * or paste; elsewhere it stays as it is.
 */
export function printable(text: string, out: { readonly isTTY?: boolean } = process.stdout): string {
  if (!out.isTTY) return text;
  return text.replace(control, (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`);
}
