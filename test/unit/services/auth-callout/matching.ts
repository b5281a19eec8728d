/** Whether a subject without wildcards is matched by a pattern, as servers say: told token by token, so that our own way is measured by another. */
export function matches(pattern: string, subject: string): boolean {
  const [wide = "", ...wider] = pattern.split(".");
  const [token = "", ...rest] = subject.split(".");
  if (wide === ">") return true;
  if (wide !== "*" && wide !== token) return false;
  if (wider.length === 0 || rest.length === 0) return wider.length === rest.length;
  return matches(wider.join("."), rest.join("."));
}

/** Every subject of one to four tokens of an alphabet. */
export function everySubject(alphabet: readonly string[]): readonly string[] {
  const longer = (shorter: readonly string[]) =>
    shorter.flatMap((subject) => alphabet.map((token) => `${subject}.${token}`));
  const two = longer(alphabet);
  const three = longer(two);
  return [...alphabet, ...two, ...three, ...longer(three)];
}
