import { describeError, oneLine } from "./text";

/** What a line of the log is about, beside its message. */
export type LogFields = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;

/** The service's log: one JSON object a line, keys `time`, `level`, `message` and those of the fields. */
export interface Log {
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

/**
 * JWTs (an order to delete is as good as a key), the same in base64 as Secrets hold them, and seeds. Not by `\b`: in JSON a line end before
 * a seed is the letter n.
 */
const secrets = [/eyJ[\w-]{8,}(?:\.[\w-]*)*/g, /ZXlK[\w+/-]{8,}=*/g, /(?<![A-Z2-7])S[ACNOUX][A-Z2-7]{20,}/g] as const;

/** The text with everything taken out that looks like a JWT or a seed. */
export function redact(text: string): string {
  return secrets.reduce((clean, pattern) => clean.replace(pattern, "[redacted]"), text);
}

/** A log that writes redacted lines. */
export function createLog(write: (line: string) => void): Log {
  const at =
    (level: string) =>
    (message: string, fields: LogFields = {}) =>
      write(redact(JSON.stringify({ time: new Date().toISOString(), level, message, ...fields })));
  return { info: at("info"), warn: at("warn"), error: at("error") };
}

/** What an error says, in one line without secrets. */
export function messageOf(error: unknown): string {
  return oneLine(describeError(error));
}
