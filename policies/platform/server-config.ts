/** A value of a server's configuration; keys in lower case, as the server takes them. */
export type ConfigValue = string | number | boolean | ConfigValue[] | ServerConfig;

export interface ServerConfig {
  readonly [key: string]: ConfigValue;
}

/** A configuration that a server would not take either, or a way of writing it that this reader does not know. */
export class UnreadableConfig extends Error {
  override name = "UnreadableConfig";
}

/** An integer, for the server with a unit such as `10Gi`; here only that it is a number. */
const numeral = /^[-+]?\d+(\.\d+)?$/;
const words: Readonly<Record<string, boolean>> = {
  ...{ true: true, yes: true, on: true },
  ...{ false: false, no: false, off: false },
};

/**
 * Reads a nats-server's configuration, as far as policies need: maps, lists and plain values. Of a key that is given twice the last one counts, a
 * variable reads as what the file says of it, or as its name (`$NAME`), and what a file includes is not there.
 * @throws {UnreadableConfig}
 * @see https://docs.nats.io/running-a-nats-service/configuration
 */
export function readServerConfig(text: string): ServerConfig {
  return new Reader(text).file();
}

class Reader {
  private at = 0;

  constructor(private readonly text: string) {}

  file(): ServerConfig {
    const start = this.at;
    // The whole may be in braces, as the official chart writes it.
    const isBraced = this.take(/\{/y) !== undefined;
    if (!isBraced) this.at = start;
    const map = this.map(isBraced ? "}" : "", {});
    this.skip();
    if (this.at < this.text.length) throw this.wrong("more after the end");
    return map;
  }

  private map(end: string, outer: ServerConfig): ServerConfig {
    // Without a prototype, that a key may be called as it likes.
    const own: Record<string, ConfigValue> = Object.create(null);
    for (;;) {
      this.skip(/[,;]/y);
      if (end === "" ? this.at >= this.text.length : this.text[this.at] === end) break;
      const key = this.key();
      if (key === "include" && this.take(/[ \t]*[:=]/y) === undefined) this.plain();
      else {
        this.take(/[:=]/y);
        own[key.toLowerCase()] = this.value({ ...outer, ...own });
      }
    }
    this.at += end.length;
    return own;
  }

  private key(): string {
    const quoted = this.quoted();
    const key = quoted ?? this.take(/[^\s:={}[\](),;"'#]+/y);
    if (key === undefined) throw this.wrong("no key");
    return key;
  }

  private value(scope: ServerConfig): ConfigValue {
    if (this.take(/\{/y)) return this.map("}", scope);
    if (this.take(/\[/y)) return this.list(scope);
    const block = this.take(/\([\s\S]*?\n\s*\)/y);
    if (block !== undefined) return block.slice(1, -1).trim();
    const quoted = this.quoted();
    if (quoted !== undefined) return quoted;
    const plain = this.plain();
    const variable = plain.startsWith("$") ? scope[plain.slice(1).toLowerCase()] : undefined;
    return variable ?? words[plain.toLowerCase()] ?? (numeral.test(plain) ? Number(plain) : plain);
  }

  private list(scope: ServerConfig): ConfigValue[] {
    const items: ConfigValue[] = [];
    for (;;) {
      this.skip(/,/y);
      if (this.take(/\]/y)) return items;
      items.push(this.value(scope));
    }
  }

  private plain(): string {
    const plain = this.quoted() ?? this.take(/[^\s,;\]}"'][^\s,;\]}]*/y);
    if (plain === undefined) throw this.wrong("no value");
    return plain;
  }

  private quoted(): string | undefined {
    const text = this.take(/"(?:[^"\\]|\\[\s\S])*"|'[^']*'/y);
    // Only double quotes know escapes.
    return text?.startsWith('"') ? text.slice(1, -1).replace(/\\([\s\S])/g, "$1") : text?.slice(1, -1);
  }

  /** What a pattern finds here, after blanks and comments. */
  private take(pattern: RegExp): string | undefined {
    this.skip();
    pattern.lastIndex = this.at;
    const [found] = pattern.exec(this.text) ?? [];
    this.at += found?.length ?? 0;
    return found;
  }

  /** Passes over blanks, comments, and what else is said. */
  private skip(more?: RegExp): void {
    for (;;) {
      const start = this.at;
      for (const pattern of [/\s+/y, /(#|\/\/)[^\n]*/y, more]) {
        if (!pattern) continue;
        pattern.lastIndex = this.at;
        this.at += pattern.exec(this.text)?.[0].length ?? 0;
      }
      if (this.at === start) return;
    }
  }

  private wrong(what: string): UnreadableConfig {
    return new UnreadableConfig(`${what} in line ${this.text.slice(0, this.at).split("\n").length}`);
  }
}
