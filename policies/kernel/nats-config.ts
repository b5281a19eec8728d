/** A value of a NATS configuration. */
export type NatsValue = string | number | boolean | NatsVariable | NatsMap | readonly NatsValue[];

/** `$NAME` that the configuration itself does not say: of the server's environment. */
export class NatsVariable {
  constructor(readonly name: string) {}
}

/** A key and its value, as written. */
export interface NatsEntry {
  /** In lower case, as the server compares it. */
  readonly key: string;
  readonly value: NatsValue | undefined;
  /** Of the map that it is in, as far as the root. */
  readonly path: readonly string[];
}

/**
 * A map. It keeps every entry: of a key that is there twice, or under two of its names, the server takes one, and not always the same.
 */
export class NatsMap {
  readonly entries: NatsEntry[] = [];
  /** Names of variables that entries are, exactly as written. */
  private readonly variables = new Map<string, NatsValue>();
  /** Paths of files that are included here. */
  readonly includes: string[] = [];

  constructor(readonly path: readonly string[] = []) {}

  add(name: string, value: NatsValue | undefined): void {
    this.entries.push({ key: name.toLowerCase(), value, path: [...this.path, name.toLowerCase()] });
    if (value !== undefined) this.variables.set(name, value);
  }

  variable(name: string): NatsValue | undefined {
    return this.variables.get(name);
  }

  /** The entries of a key, which may have several names. */
  all(...keys: readonly string[]): NatsEntry[] {
    return this.entries.filter(({ key }) => keys.includes(key));
  }

  has(...keys: readonly string[]): boolean {
    return this.all(...keys).length > 0;
  }

  /** The entries of this map and of all maps below. */
  everything(): NatsEntry[] {
    return this.entries.flatMap((entry) => [entry, ...mapsIn(entry.value).flatMap((map) => map.everything())]);
  }
}

/** The map that a value is, or those in the list that it is. */
export function mapsIn(value: NatsValue | undefined): NatsMap[] {
  if (value instanceof NatsMap) return [value];
  return Array.isArray(value) ? value.flatMap(mapsIn) : [];
}

/** The texts of a value: one, or those of a list. */
export function textsIn(value: NatsValue | undefined): string[] {
  if (typeof value === "string") return [value];
  return Array.isArray(value) ? value.flatMap(textsIn) : [];
}

/**
 * Reads the configuration of a NATS server as the server does: `key: value`, `key = value`, `key value`, maps, lists, comments, variables; JSON is
 * such a text, too. It never fails: what the server would refuse is skipped, so that other texts can be read for what they have of a configuration.
 * @see https://github.com/nats-io/nats-server/blob/v2.14.2/conf/lex.go
 */
export function readNatsConfig(text: string): NatsMap {
  // A server reads no further than a NUL.
  const root = new NatsMap();
  new Reader(text.replace(/\0[\s\S]*$/, "")).map(root, [root], false);
  return root;
}

/** Deeper nesting is no configuration: brackets are skipped. */
const deepest = 200;

const units = ["", "k", "m", "g", "t", "p", "e"];

class Reader {
  private position = 0;

  constructor(private readonly text: string) {}

  /**
   * Reads entries into a map.
   * @param scopes the maps around, the outermost first: where variables are looked for
   * @param inside whether a brace ends it; at the top braces say nothing
   */
  map(into: NatsMap, scopes: readonly NatsMap[], inside: boolean): void {
    for (;;) {
      this.skip(/(?:[\s,;]|#[^\n\r]*|\/\/[^\n\r]*)+/y);
      if (this.atEnd) return;
      if (this.take(/\}/y)) {
        if (inside) return;
        continue;
      }
      // A brace around everything, as JSON has it; nothing else starts so.
      if (this.take(/[{\]]/y)) continue;
      this.entry(into, scopes, inside);
    }
  }

  private entry(into: NatsMap, scopes: readonly NatsMap[], inside: boolean): void {
    const include = this.take(/include[ \t]+(?:"([^"]*)"?|'([^']*)'?|([^\s;}']*)'?)/iy);
    if (include) {
      into.includes.push(include[1] ?? include[2] ?? include[3] ?? "");
      return;
    }
    const quoted = this.take(/"([^"]*)"?|'([^']*)'?/y);
    const name = quoted ? (quoted[1] ?? quoted[2] ?? "") : (this.take(/[^\s:=]+/y)?.[0] ?? "");
    if (name === "" && !quoted) this.position += 1;
    this.skip(/\s+/y);
    const separated = this.take(/[:=]/y) !== undefined;
    // At the top the server takes no value from the line after a separator.
    this.skip(separated && !inside ? /[ \t]+/y : /\s+/y);
    if (this.atEnd || (separated && !inside && this.peek(/[\r\n]/y))) into.add(name, undefined);
    else into.add(name, this.value([...into.path, name.toLowerCase()], scopes));
  }

  private value(path: readonly string[], scopes: readonly NatsMap[]): NatsValue | undefined {
    if (scopes.length > deepest && this.take(/[{[]/y)) return undefined;
    if (this.take(/\{/y)) {
      const map = new NatsMap(path);
      this.map(map, [...scopes, map], true);
      return map;
    }
    if (this.take(/\[/y)) return this.list(path, scopes);
    const raw = this.take(/'([^']*)'?/y);
    if (raw) return raw[1] ?? "";
    const quoted = this.take(/"((?:[^"\\]|\\[\s\S])*)"?/y);
    if (quoted) return unescaped(quoted[1] ?? "");
    const block = this.take(/\(([\s\S]*?)\n\)(?=\n|$)/y);
    if (block) return block[1] ?? "";
    const bare = this.take(/[^\s;,\]}']*/y)?.[0] ?? "";
    this.skip(/'/y);
    return scalar(bare, scopes);
  }

  private list(path: readonly string[], scopes: readonly NatsMap[]): NatsValue[] {
    const items: NatsValue[] = [];
    // Each level of lists counts as a scope: their nesting is bounded, too.
    const inner = [...scopes, new NatsMap()];
    for (;;) {
      this.skip(/(?:[\s,;]|#[^\n\r]*|\/\/[^\n\r]*)+/y);
      if (this.atEnd || this.take(/\]/y)) return items;
      const before = this.position;
      const item = this.value(path, inner);
      if (item !== undefined && this.position > before) items.push(item);
      else this.position += 1;
    }
  }

  private get atEnd(): boolean {
    return this.position >= this.text.length;
  }

  private take(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.position;
    const match = pattern.exec(this.text);
    if (!match) return undefined;
    this.position += match[0].length;
    return match;
  }

  private peek(pattern: RegExp): boolean {
    pattern.lastIndex = this.position;
    return pattern.test(this.text);
  }

  private skip(pattern: RegExp): void {
    this.take(pattern);
  }
}

/** What a text without quotes is. */
function scalar(bare: string, scopes: readonly NatsMap[]): NatsValue {
  if (/^(true|yes|on)$/i.test(bare)) return true;
  if (/^(false|no|off)$/i.test(bare)) return false;
  const [, digits, suffix = ""] = /^(-?\d+(?:\.\d+)?)([a-z]*)$/i.exec(bare) ?? [];
  const [, unit = "", isBinary = ""] = /^([kmgtpe]?)(i?b?)$/i.exec(suffix) ?? [];
  if (digits !== undefined && `${unit}${isBinary}` === suffix) {
    return Number(digits) * (isBinary ? 1024 : 1000) ** units.indexOf(unit.toLowerCase());
  }
  // The server takes such a text for what bcrypt makes of a password.
  if (!bare.startsWith("$") || bare.startsWith("$2a$")) return unescaped(bare);
  const name = bare.slice(1);
  const found = scopes.map((scope) => scope.variable(name)).filter((value) => value !== undefined);
  return found.at(-1) ?? new NatsVariable(name);
}

function unescaped(text: string): string {
  const plain: Readonly<Record<string, string>> = { t: "\t", n: "\n", r: "\r", '"': '"', "\\": "\\" };
  return text.replace(/\\(?:x([0-9a-f]{2})|([\s\S]))/gi, (_, hex?: string, letter = "") => {
    return hex === undefined ? (plain[letter] ?? letter) : String.fromCharCode(Number.parseInt(hex, 16));
  });
}
