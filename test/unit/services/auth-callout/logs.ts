import assert from "node:assert/strict";
import type { Log, LogFields } from "../../../../services/log";

/** A line that was logged, before anything of it is masked. */
export interface Line extends LogFields {
  readonly level: string;
  readonly message: string;
}

/** Keeps what is logged, as it is: what would mask secrets is not relied on. */
export class RecordedLog implements Log {
  readonly lines: Line[] = [];

  info = this.at("info");
  warn = this.at("warn");
  error = this.at("error");

  /** @throws AssertionError if part of one of the texts was logged; a signature or claims alone are a part */
  assertHoldsNothingOf(tokens: readonly string[]): void {
    const logged = JSON.stringify(this.lines);
    for (const part of tokens.flatMap((token) => [token, ...token.split(".")]).filter(({ length }) => length > 12)) {
      assert.ok(!logged.includes(part), `${part} was logged`);
    }
  }

  private at(level: string) {
    return (message: string, fields: LogFields = {}) => void this.lines.push({ ...fields, level, message });
  }
}
