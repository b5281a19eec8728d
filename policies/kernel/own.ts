/** What a table says of a key. Keys are a stranger's: `constructor` is no entry of every table. */
export function own<Value>(table: Readonly<Record<string, Value>>, key: string): Value | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}
